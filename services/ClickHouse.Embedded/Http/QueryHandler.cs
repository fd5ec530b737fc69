using Microsoft.AspNetCore.Http;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>One request from its parameters to its answer: authenticate, read the statement, take a connection, run.</summary>
internal sealed class QueryHandler(EmbeddedEngine engine, EngineServerOptions options)
{
    readonly StatementCache _statements = new();
    readonly RunningQueries _running = new();
    readonly string _pipes = Directory.CreateTempSubdirectory("tidemark-").FullName;

    public async Task HandleAsync(HttpContext http)
    {
        var request = new QueryRequest();
        EngineErrorException? refused = null;
        var writer = false;
        try
        {
            request = QueryRequest.Read(http.Request);
            writer = request.Credentials.Authenticate(options.WriterPassword);
        }
        catch (EngineErrorException e)
        {
            // As the server's: before the user is known nothing is compressed.
            (request, refused) = (new QueryRequest(), e);
        }

        await using var response = new QueryResponse(http, request, engine.Version);
        try
        {
            if (refused is not null)
                throw refused;
            using var running = _running.Enter(request.QueryId);
            await RunAsync(http, request, response, writer && !request.ReadOnlyMethod).ConfigureAwait(false);
        }
        catch (EngineErrorException e)
        {
            await response.FailAsync(e).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await response.FailAsync(EngineErrorException.Of(e.StatusCode == 413 ? 229 : 36, "BAD_ARGUMENTS", e.Message)).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            await response.FailAsync(EngineErrorException.Of(271, "CANNOT_DECOMPRESS", $"Cannot decompress the body: {e.Message}")).ConfigureAwait(false);
        }
    }

    async Task RunAsync(HttpContext http, QueryRequest request, QueryResponse response, bool writable)
    {
        var aborted = http.RequestAborted;
        var body = await QueryBody.ReadAsync(http.Request, request, aborted).ConfigureAwait(false);
        if (writable && request.Setting("readonly") is { } level && level != "0")
            writable = false;
        var pool = writable ? engine.Writers : engine.Readers;
        var pooled = await pool.RentAsync(aborted).ConfigureAwait(false);
        try
        {
            var dressed = new ConnectionDress(pooled, request, options.Database);
            try
            {
                await pooled.RunAsync(dressed.Put).ConfigureAwait(false);
                if (request.Setting("session_timezone") is { Length: > 0 } zone)
                    response.Timezone = zone;
                await using var kill = aborted.Register(() => _ = engine.KillAsync(pooled));
                if (body.Insert is { } insert)
                    await new InsertRun(engine, pooled, request, response).RunAsync(body, insert, aborted).ConfigureAwait(false);
                else
                    await new StatementRun(engine, pooled, request, response, _pipes).RunAsync(await AnalyzeAsync(pooled, request, body).ConfigureAwait(false), body.Text, aborted).ConfigureAwait(false);
            }
            finally
            {
                await pooled.RunAsync(dressed.TakeOff).ConfigureAwait(false);
            }
        }
        finally
        {
            pool.Return(pooled);
        }
    }

    async Task<StatementAnalysis> AnalyzeAsync(PooledConnection pooled, QueryRequest request, QueryBody body)
    {
        if (_statements.Find(body.Text.Span) is { } known)
            return known;
        var analysis = await pooled.RunAsync(connection => StatementAnalysis.Of(connection, body.Text.Span, request.Parameters, engine.Sources)).ConfigureAwait(false);
        _statements.Add(body.Text, analysis);
        return analysis;
    }
}
