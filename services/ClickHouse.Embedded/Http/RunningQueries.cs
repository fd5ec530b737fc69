using System.Collections.Concurrent;
using Tidemark.ClickHouse.Embedded.Hosting;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>The query ids that run now: a second query with one of them is refused, as by the server.</summary>
internal sealed class RunningQueries
{
    readonly ConcurrentDictionary<string, bool> _ids = new();

    public IDisposable Enter(string id) => _ids.TryAdd(id, true)
        ? new Running(_ids, id)
        : throw EngineErrorException.Of(216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", $"Query with id = {id} is already running.");

    sealed class Running(ConcurrentDictionary<string, bool> ids, string id) : IDisposable
    {
        public void Dispose() => ids.TryRemove(id, out _);
    }
}
