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
    readonly string _pipes = EngineConfiguration.PipeFolder(options);
    readonly string _spools = EngineConfiguration.SpoolFolder(options);
    readonly Sessions _sessions = new(engine, TimeProvider.System);

    /// <summary>Closes what sessions hold; false when one of their queries would not end.</summary>
    public bool Close(TimeSpan wait) => _sessions.Close(wait);

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

        await using var response = new QueryResponse(http, request, engine.Version, _spools);
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
        catch (Exception e) when (e is InvalidDataException or ZstdSharp.ZstdException)
        {
            await response.FailAsync(EngineErrorException.Of(271, "CANNOT_DECOMPRESS", $"Cannot decompress the body: {e.Message}")).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (AnswerCutOffException or OperationCanceledException) && !http.RequestAborted.IsCancellationRequested)
        {
            await response.FailAsync(EngineErrorException.Of(1001, "STD_EXCEPTION", $"{e.GetType().Name}: {e.Message}")).ConfigureAwait(false);
        }
    }

    async Task RunAsync(HttpContext http, QueryRequest request, QueryResponse response, bool writable)
    {
        var body = await QueryBody.ReadAsync(http.Request, request, http.RequestAborted).ConfigureAwait(false);
        // Only a connection that reads can be held to it.
        writable &= request.Setting("readonly") is null or "0";
        var session = _sessions.Enter(request, writable);
        try
        {
            if (session?.Connection is { } own)
            {
                await RunOnAsync(own, session, http, request, response, body).ConfigureAwait(false);
                return;
            }

            var pool = writable ? engine.Writers : engine.Readers;
            var pooled = await pool.RentAsync(http.RequestAborted).ConfigureAwait(false);
            var clean = false;
            try
            {
                clean = await RunOnAsync(pooled, session, http, request, response, body).ConfigureAwait(false);
            }
            finally
            {
                if (clean || !pooled.Spoilt)
                    pool.Return(pooled);
                else
                    pool.Return(await engine.ReplaceAsync(pooled).ConfigureAwait(false), insteadOf: pooled);
            }
        }
        finally
        {
            _sessions.Leave(session);
        }
    }

    // True when the statement went to a connection of the session's own, or this one was left clean.
    async Task<bool> RunOnAsync(PooledConnection pooled, Session? session, HttpContext http, QueryRequest request, QueryResponse response, QueryBody body)
    {
        var aborted = http.RequestAborted;
        var statement = body.Insert is null ? await AnalyzeAsync(pooled, request, body).ConfigureAwait(false) : null;
        if (statement is { ChangesConnection: true } && session is { Connection: null })
            pooled = await _sessions.OwnAsync(session, pooled.ReadOnly).ConfigureAwait(false);
        var dress = new ConnectionDress(pooled, request, body.Tables, options.Database) { Touched = statement is { ChangesConnection: true } && session is null };
        try
        {
            await pooled.RunAsync(dress.Put).ConfigureAwait(false);
            if (request.Setting("session_timezone") is { Length: > 0 } zone)
                response.Timezone = zone;
            await using var killer = new QueryKiller(engine, pooled, aborted);
            if (statement is not null)
                await new StatementRun(engine, pooled, request, response, _pipes).RunAsync(statement, body.Text, aborted).ConfigureAwait(false);
            else
                await new InsertRun(engine, pooled, request, response).RunAsync(body, body.Insert!, aborted).ConfigureAwait(false);
        }
        finally
        {
            pooled.Spoilt = !await pooled.RunAsync(dress.TakeOff).ConfigureAwait(false);
        }

        return !pooled.Spoilt;
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
