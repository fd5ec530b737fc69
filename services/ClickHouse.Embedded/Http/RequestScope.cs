using Microsoft.AspNetCore.Http;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>What belongs to one request.</summary>
internal sealed record RequestScope(HttpContext Http, QueryRequest Request, QueryResponse Response, RunningQuery Running, MemoryBudget.Share Memory);
