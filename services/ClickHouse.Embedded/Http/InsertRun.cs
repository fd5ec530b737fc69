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
internal sealed class InsertRun(EmbeddedEngine engine, PooledConnection pooled, QueryRequest request, QueryResponse response)
{
    const int PieceBytes = 1 << 20;

    public async Task RunAsync(QueryBody body, InsertHead insert, CancellationToken aborted)
    {
        if (request.ReadOnlyMethod)
            throw EngineErrorException.Of(164, "READONLY", $"{request.Credentials.User}: Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. You should use method POST for modifying queries");
        var start = Stopwatch.GetTimestamp();
        var sql = Encoding.UTF8.GetBytes(insert.Sql);
        if (insert.IntoFunction && engine.DoorChecks)
            throw EngineErrorException.Of(497, "ACCESS_DENIED", $"{request.Credentials.User}: Not enough privileges. To execute this query, it's necessary to have the grant CREATE TEMPORARY TABLE ON *.*");
        var values = insert.Format.Equals("Values", StringComparison.OrdinalIgnoreCase);
        using var stream = await pooled.RunAsync(connection => connection.OpenInsert(sql, insert.Format, request.Parameters)).ConfigureAwait(false);
        var done = false;
        try
        {
            Throw(stream.Error);
            await SendAsync(stream, body, insert.DataStart, values, aborted).ConfigureAwait(false);
            using IDisposable owner = await pooled.RunAsync(_ => stream.Done()).ConfigureAwait(false);
            done = true;
            var result = (EngineResult)owner;
            Throw(result.Error);
            response.Statistics = result.Statistics with { ElapsedNs = (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds, ReadRows = result.Statistics.WrittenRows };
        }
        finally
        {
            if (!done)
                await pooled.RunAsync(_ =>
                {
                    stream.Cancel();
                    return true;
                }).ConfigureAwait(false);
        }

        response.Format = request.DefaultFormat ?? "TabSeparated";
        response.ContentType = "text/plain; charset=UTF-8";
        await response.CompleteAsync().ConfigureAwait(false);
    }

    async Task SendAsync(InsertStream stream, QueryBody body, int dataStart, bool values, CancellationToken aborted)
    {
        var first = body.Text[dataStart..];
        var current = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var next = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var pending = Task.FromResult(true);
        try
        {
            pending = AppendAsync(stream, first, values);
            while (true)
            {
                var filled = await body.Rest.ReadAtLeastAsync(next, PieceBytes, throwOnEndOfStream: false, aborted).ConfigureAwait(false);
                await pending.ConfigureAwait(false);
                if (filled == 0)
                    return;
                (current, next) = (next, current);
                pending = AppendAsync(stream, current.AsMemory(0, filled), values);
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

    async Task<bool> AppendAsync(InsertStream stream, ReadOnlyMemory<byte> data, bool values)
    {
        if (data.IsEmpty)
            return true;
        if (values && engine.DoorChecks && engine.Sources.StandsIn(data.Span))
            throw EngineErrorException.Of(497, "ACCESS_DENIED", $"{request.Credentials.User}: Not enough privileges. Functions that read files or other sources cannot be used in values.");
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
