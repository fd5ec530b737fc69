using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>One request from its parameters to its answer: authenticate, read the statement, wait for a turn, judge, run.</summary>
internal sealed class QueryHandler(EmbeddedEngine engine, EngineOptions options)
{
    // Of a statement's text, as KILL QUERY shows it.
    const int ShownCharacters = 4096;

    readonly StatementCache _statements = new();
    readonly RunningQueries _running = new();
    readonly MemoryBudget _memory = new(options.RequestMemoryBytes, "memory");
    readonly MemoryBudget _disk = new(EngineOptions.SpoolBytes, "the disk");
    readonly string _pipes = EngineConfiguration.PipeFolder(options);
    readonly string _spools = EngineConfiguration.SpoolFolder(options);
    readonly Sessions _sessions = new(engine, options, TimeProvider.System);

    /// <summary>Closes what sessions hold; false when one of their queries would not end.</summary>
    public bool Close(TimeSpan wait) => _sessions.Close(wait);

    public async Task HandleAsync(HttpContext http)
    {
        var request = new QueryRequest();
        EngineErrorException? refused = null;
        var writer = false;
        http.Response.Body = new PatientStream(http.Response.Body, http, options.WriteTimeout);
        using var memory = _memory.Open();
        using var disk = _disk.Open();
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

        await using var response = new QueryResponse(http, request, engine.Version, _spools, memory, disk);
        RunningQuery? running = null;
        try
        {
            if (refused is not null)
                throw refused;
            running = await _running.EnterAsync(request.QueryId, request.Credentials.User, request.ReplaceRunningQuery, http.RequestAborted).ConfigureAwait(false);
            await RunAsync(new RequestScope(http, request, response, running, memory), writer && !request.ReadOnlyMethod).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (running?.Why is not null && !http.RequestAborted.IsCancellationRequested)
        {
            await response.FailAsync(running.Why).ConfigureAwait(false);
        }
        catch (EngineErrorException e)
        {
            // Whoever stopped it says why, the engine only that it was stopped.
            await response.FailAsync(running?.Why ?? e).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await response.FailAsync(EngineErrorException.Of(e.StatusCode == 413 ? 229 : 36, "BAD_ARGUMENTS", e.Message)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or ZstdSharp.ZstdException)
        {
            await response.FailAsync(EngineErrorException.Of(271, "CANNOT_DECOMPRESS", $"Cannot decompress the body: {e.Message}")).ConfigureAwait(false);
        }
        catch (OutOfMemoryException)
        {
            await response.FailAsync(EngineErrorException.Of(241, "MEMORY_LIMIT_EXCEEDED", "Memory limit (total) exceeded: the request needs more memory than there is")).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (AnswerCutOffException or OperationCanceledException) && !http.RequestAborted.IsCancellationRequested)
        {
            await response.FailAsync(EngineErrorException.Of(1001, "STD_EXCEPTION", $"{e.GetType().Name}: {e.Message}")).ConfigureAwait(false);
        }
        finally
        {
            running?.Dispose();
        }
    }

    async Task RunAsync(RequestScope scope, bool writable)
    {
        var request = scope.Request;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(scope.Http.RequestAborted, scope.Running.Stopped);
        var body = await QueryBody.ReadAsync(scope.Http.Request, request, scope.Memory, stop.Token).ConfigureAwait(false);
        scope.Running.Text = Shown(body.Insert?.Sql ?? Encoding.UTF8.GetString(body.Text.Span[..Math.Min(body.Text.Length, ShownCharacters)]));
        DateParameters.Fit(request.Parameters, body.Text.Span);
        // Only a connection that reads can be held to it.
        writable &= request.Setting("readonly") is null or "0";
        engine.Rules.Check([.. request.Settings.Select(static setting => setting.Key)], readOnly: !writable);
        var session = _sessions.Enter(request, writable);
        try
        {
            await RunInTurnAsync(writable ? engine.Writers : engine.Readers, session, scope, body, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            _sessions.Leave(session);
        }
    }

    // A session that has a connection of its own waits for a turn as everybody does; the one that comes with it rests meanwhile.
    async Task RunInTurnAsync(QueryQueue queue, Session? session, RequestScope scope, QueryBody body, CancellationToken stop)
    {
        using var turn = await queue.EnterAsync(stop).ConfigureAwait(false);
        PooledConnection? fresh = null;
        try
        {
            await using var stopped = turn.Stopped.UnsafeRegister(_ => scope.Running.Stop(turn.Why!), null).ConfigureAwait(false);
            await RunOnAsync(turn.Connection, session, scope, body, stop).ConfigureAwait(false);
        }
        finally
        {
            scope.Running.Connection = null;
            try
            {
                if (turn.Connection.Spoilt)
                    fresh = await engine.ReplaceAsync(turn.Connection).ConfigureAwait(false);
            }
            finally
            {
                queue.Leave(turn, fresh);
            }
        }
    }

    // Judged where no client's settings hold: those of a session or a request change what the engine answers about a statement (offset = 1 leaves nothing of its text).
    async Task RunOnAsync(PooledConnection pooled, Session? session, RequestScope scope, QueryBody body, CancellationToken stop)
    {
        var (request, response) = (scope.Request, scope.Response);
        StatementAnalysis? statement = null;
        scope.Running.Connection = pooled;
        await using (new QueryKiller(engine, pooled, stop))
            if (body.Insert is null)
                statement = await AnalyzeAsync(pooled, request, body).ConfigureAwait(false);
            else
                await InsertRun.JudgeAsync(engine, pooled, request, body.Insert).ConfigureAwait(false);
        scope.Running.Connection = pooled = session?.Connection ?? pooled;
        if (statement is { ChangesConnection: true } && session is { Connection: null })
            scope.Running.Connection = pooled = await _sessions.OwnAsync(session, pooled.ReadOnly).ConfigureAwait(false);
        var dress = new ConnectionDress(pooled, request, body.Tables, options.Database, engine.Rules.Enabled) { Touched = statement is { ChangesConnection: true } && session is null };
        var ended = false;
        try
        {
            await pooled.RunAsync(dress.Put).ConfigureAwait(false);
            if (request.Setting("session_timezone") is { Length: > 0 } zone)
                response.Timezone = zone;
            await using var killer = new QueryKiller(engine, pooled, stop);
            if (statement is null)
                await new InsertRun(engine, pooled, request, response, scope.Memory).RunAsync(body, body.Insert!, stop).ConfigureAwait(false);
            else
                await RunAsync(statement, body.Text, pooled, scope, stop).ConfigureAwait(false);
            ended = true;
        }
        finally
        {
            if (!ended)
                await pooled.RunAsync(PooledConnection.Forget).ConfigureAwait(false);
            pooled.Spoilt |= !await pooled.RunAsync(dress.TakeOff).ConfigureAwait(false);
        }

        if (pooled == session?.Connection)
            await _sessions.WeighAsync(session).ConfigureAwait(false);
    }

    async Task RunAsync(StatementAnalysis statement, ReadOnlyMemory<byte> text, PooledConnection pooled, RequestScope scope, CancellationToken stop)
    {
        engine.Rules.Check(statement, pooled.ReadOnly, scope.Request.Credentials.User);
        if (KillStatement.OfQueries(statement))
        {
            var answer = await new KillRun(pooled, _running, scope.Running, scope.Request.Parameters).RunAsync(statement, stop).ConfigureAwait(false);
            text = Encoding.UTF8.GetBytes(statement.Format is { } format ? $"{answer} FORMAT {format}" : answer);
            var sql = text;
            statement = await pooled.RunAsync(connection => StatementAnalysis.Of(connection, sql.Span, new QueryParameters(), engine.Sources)).ConfigureAwait(false);
        }

        await new StatementRun(engine, pooled, scope.Request, scope.Response, _pipes).RunAsync(statement, text, stop).ConfigureAwait(false);
    }

    async Task<StatementAnalysis> AnalyzeAsync(PooledConnection pooled, QueryRequest request, QueryBody body)
    {
        // They count while the statement is parsed, so they are put on before it is, and what was found with others does not hold.
        var parser = request.Settings.Where(static setting => ParserSettings.Names.Contains(setting.Key)).ToArray();
        var needsText = (string? format) => StatementRun.NeedsText(format, body.Text.Span, request);
        if (parser.Length == 0 && _statements.Find(body.Text.Span) is { } known && (known.HasText || !needsText(known.Format)))
            return known;
        var analysis = await pooled.RunAsync(connection => ParserSettings.With(connection, pooled, parser,
            () => StatementAnalysis.Of(connection, body.Text.Span, request.Parameters, engine.Sources, needsText))).ConfigureAwait(false);
        // Names that are parameters are another statement with each value.
        if (parser.Length == 0 && (request.Parameters.Names.Count == 0 || !Mentions(body.Text.Span, "identifier"u8)))
            _statements.Add(body.Text, analysis);
        return analysis;
    }

    static bool Mentions(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerWord)
    {
        for (var at = 0; at + lowerWord.Length <= text.Length; at++)
            if (Ascii.EqualsIgnoreCase(text.Slice(at, lowerWord.Length), lowerWord))
                return true;
        return false;
    }

    static string Shown(string text) => text.Length <= ShownCharacters ? text : text[..ShownCharacters];
}
