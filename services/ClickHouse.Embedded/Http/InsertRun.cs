using System.Buffers;
using System.Diagnostics;
using System.Text;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// An INSERT with its data: what comes is handed on in large pieces, one read ahead while the engine takes the last. Nothing is
/// stored unless the body came whole.
/// </summary>
internal sealed class InsertRun(EmbeddedEngine engine, PooledConnection pooled, QueryRequest request, QueryResponse response, MemoryBudget.Share memory)
{
    const int PieceBytes = 1 << 20;

    public async Task RunAsync(QueryBody body, InsertHead insert, CancellationToken aborted)
    {
        var start = Stopwatch.GetTimestamp();
        var sql = Encoding.UTF8.GetBytes(insert.Sql);
        memory.Take(2 * PieceBytes);
        var expressions = insert.Format.Equals("Values", StringComparison.OrdinalIgnoreCase) && await InterpretAsync(body, insert.DataStart, aborted).ConfigureAwait(false);
        using var stream = await pooled.RunAsync(connection => connection.OpenInsert(sql, insert.Format, request.Parameters)).ConfigureAwait(false);
        var done = false;
        try
        {
            Throw(stream.Error);
            await SendAsync(stream, body, insert.DataStart, aborted).ConfigureAwait(false);
            using IDisposable owner = await pooled.RunAsync(_ => stream.Done()).ConfigureAwait(false);
            done = true;
            var result = (EngineResult)owner;
            Throw(result.Error);
            var (rows, bytes) = (result.Statistics.WrittenRows, result.Statistics.WrittenBytes);
            response.Statistics = result.Statistics with
            {
                ElapsedNs = (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds,
                ReadRows = rows,
                ReadBytes = bytes,
                ResultRows = rows,
                ResultBytes = bytes,
            };
        }
        finally
        {
            if (!done)
                await pooled.RunAsync(_ =>
                {
                    stream.Cancel();
                    return true;
                }).ConfigureAwait(false);
            if (expressions)
                await pooled.RunAsync(static connection => EmbeddedEngine.Execute(connection, $"SET {PooledConnection.ExpressionsInValues(0)}")).ConfigureAwait(false);
        }

        response.Format = request.DefaultFormat ?? "TabSeparated";
        response.ContentType = "text/plain; charset=UTF-8";
        await response.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Judges the head on a connection that no client's settings hold on: parsed by the engine as it will be run, with a format in the place of the data.</summary>
    public static async Task JudgeAsync(EmbeddedEngine engine, PooledConnection pooled, QueryRequest request, InsertHead insert)
    {
        if (request.ReadOnlyMethod)
            throw EngineErrorException.Of(164, "READONLY", $"{request.Credentials.User}: Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. You should use method POST for modifying queries");
        if (!engine.Rules.Enabled)
            return;
        var head = Encoding.UTF8.GetBytes($"{insert.Sql}\nFORMAT {(engine.Formats.Knows(insert.Format) ? insert.Format : "TSV")}");
        var statement = await pooled.RunAsync(connection => StatementAnalysis.Of(connection, head, request.Parameters, engine.Sources)).ConfigureAwait(false);
        if (statement.Kind != "InsertQuery")
            throw EngineErrorException.Of(62, "SYNTAX_ERROR", "Syntax error: the text before the data is not that of an INSERT");
        engine.Rules.Check(statement, pooled.ReadOnly, request.Credentials.User);
        if (pooled.ReadOnly && !ValueFormats.Has(insert.Format))
            throw EngineErrorException.Of(73, "UNKNOWN_FORMAT", $"Format {insert.Format} cannot be used to insert as a reader");
    }

    // A reader's values are literals; the writer's may be expressions when the engine's parser has shown what they are.
    async Task<bool> InterpretAsync(QueryBody body, int dataStart, CancellationToken aborted)
    {
        if (pooled.ReadOnly)
            return false;
        memory.Take(ValuesData.MaxExpressionBytes + dataStart);
        await body.FillAsync(ValuesData.MaxExpressionBytes + dataStart, aborted).ConfigureAwait(false);
        if (!body.Ended)
            return false;
        var data = body.Text[dataStart..];
        return await pooled.RunAsync(connection => (!engine.Rules.Enabled || ValuesData.MayInterpret(connection, data.Span, engine.Sources, request.Credentials.User))
            && EmbeddedEngine.Execute(connection, $"SET {PooledConnection.ExpressionsInValues(1)}")).ConfigureAwait(false);
    }

    async Task SendAsync(InsertStream stream, QueryBody body, int dataStart, CancellationToken aborted)
    {
        var first = body.Text[dataStart..];
        var current = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var next = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var pending = Task.FromResult(true);
        try
        {
            pending = AppendAsync(stream, first);
            while (true)
            {
                var filled = await body.Rest.ReadAtLeastAsync(next, PieceBytes, throwOnEndOfStream: false, aborted).ConfigureAwait(false);
                await pending.ConfigureAwait(false);
                if (filled == 0)
                    return;
                (current, next) = (next, current);
                pending = AppendAsync(stream, current.AsMemory(0, filled));
            }
        }
        finally
        {
            // The engine may still read from a buffer: wait, whatever happened.
            await pending.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(current);
            ArrayPool<byte>.Shared.Return(next);
        }
    }

    async Task<bool> AppendAsync(InsertStream stream, ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty)
            return true;
        if (await pooled.RunAsync(_ => stream.Append(data.Span)).ConfigureAwait(false))
            return true;
        // The reason comes with the end of the insert.
        using IDisposable owner = await pooled.RunAsync(_ => stream.Done()).ConfigureAwait(false);
        Throw(((EngineResult)owner).Error ?? stream.Error ?? "Code: 1002. DB::Exception: The engine refused the data");
        return false;
    }

    static void Throw(string? error)
    {
        if (error is not null)
            throw EngineErrorException.Parse(error);
    }
}
