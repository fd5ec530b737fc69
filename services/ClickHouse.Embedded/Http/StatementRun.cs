using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Tidemark.ClickHouse.Embedded.Formats;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>Runs a statement without data and sends its answer: by chunks, through a pipe, or whole.</summary>
internal sealed class StatementRun(EmbeddedEngine engine, PooledConnection pooled, QueryRequest request, QueryResponse response, string pipes)
{
    const int PipeReadBytes = 256 << 10;

    public async Task RunAsync(StatementAnalysis statement, ReadOnlyMemory<byte> sql, CancellationToken aborted)
    {
        var format = FormatOf(statement.Format, request);
        // It becomes part of a statement's text.
        if (statement.Format is null && !engine.Formats.Knows(format))
            throw EngineErrorException.Of(73, "UNKNOWN_FORMAT", $"Unknown format {format}.");
        response.Format = format;
        response.ContentType = engine.Formats.ContentType(format);
        response.Timezone = statement.Clauses.SessionTimezone ?? response.Timezone;
        response.Headers = AnswerHeaders.Of(request, sql.Span);
        var start = Stopwatch.GetTimestamp();
        var progress = QueryProgress.For(request, engine, pooled, response);
        try
        {
            // An answer that goes to a file is only let through without the door's checks.
            if (!statement.IsSelect || statement.NamesAFile)
                await WholeAsync(sql, format, start).ConfigureAwait(false);
            else if (IsInChunks(format, sql.Span, request))
                await ChunksAsync(sql, format, start, aborted).ConfigureAwait(false);
            else if (statement.CanonicalIsSame)
                await PipeAsync(statement, format, start, aborted).ConfigureAwait(false);
            else
                await WholeAsync(sql, format, start).ConfigureAwait(false);
        }
        finally
        {
            if (progress is not null)
                await progress.DisposeAsync().ConfigureAwait(false);
        }

        await response.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Whether an answer needs the statement as the formatter writes it, because it goes through a pipe.</summary>
    public static bool NeedsText(string? format, ReadOnlySpan<byte> sql, QueryRequest request) => !IsInChunks(FormatOf(format, request), sql, request);

    static string FormatOf(string? ownFormat, QueryRequest request) => ownFormat ?? (request.DefaultFormat is { Length: > 0 } wanted ? wanted : "TabSeparated");

    static bool IsInChunks(string format, ReadOnlySpan<byte> sql, QueryRequest request) => OutputFormats.IsSequence(format) && (NativeOutput.IsNative(format) || !HasEnds(sql, request));

    // Totals, extremes and an array around the rows are of the whole document (Native has none of them); a false alarm only costs the pipe.
    static bool HasEnds(ReadOnlySpan<byte> sql, QueryRequest request) => request.Setting("output_format_json_array_of_rows") is not null || request.Setting("extremes") is not null
        || Mentions(sql, "TOTALS"u8) || Mentions(sql, "totals"u8) || Mentions(sql, "extremes"u8) || Mentions(sql, "array_of_rows"u8) || Mentions(sql, "Totals"u8);

    static bool Mentions(ReadOnlySpan<byte> sql, ReadOnlySpan<byte> word) => sql.IndexOf(word) >= 0;

    async Task WholeAsync(ReadOnlyMemory<byte> sql, string format, long start)
    {
        using IDisposable owner = await pooled.RunAsync(connection => connection.Query(sql.Span, format, request.Parameters)).ConfigureAwait(false);
        var result = (EngineResult)owner;
        Throw(result.Error);
        var counts = result.Statistics with { ElapsedNs = (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds, ResultBytes = (ulong)result.Length };
        // Of INSERT … SELECT the rows written are the result.
        response.Statistics = counts.WrittenRows > 0 ? counts with { ResultRows = counts.WrittenRows, ResultBytes = counts.WrittenBytes } : counts;
        if (result.Length > 0)
            await response.WriteAsync(NativeOutput.For(format, request.ClientProtocolVersion)?.Rewrite(result.Memory.Span) ?? result.Memory).ConfigureAwait(false);
    }

    async Task ChunksAsync(ReadOnlyMemory<byte> sql, string format, long start, CancellationToken aborted)
    {
        var statistics = default(QueryStatistics);
        var native = NativeOutput.For(format, request.ClientProtocolVersion);
        var stream = await pooled.RunAsync(connection => connection.OpenStream(sql.Span, format, request.Parameters)).ConfigureAwait(false);
        using IDisposable owner = new EngineResult(stream);
        Throw(((EngineResult)owner).Error);
        // While a chunk is on its way to the client the engine makes the next one, without another thread in between.
        var chunks = Channel.CreateBounded<EngineResult>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
        using var left = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var making = pooled.RunAsync(connection => Make(connection, stream, chunks.Writer, left.Token));
        try
        {
            await foreach (var chunk in chunks.Reader.ReadAllAsync(aborted).ConfigureAwait(false))
            {
                using IDisposable part = chunk;
                Throw(chunk.Error);
                var counts = chunk.Statistics;
                statistics.Add(counts with { ResultBytes = (ulong)chunk.Length });
                response.Statistics = statistics with { ElapsedNs = (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds };
                if (chunk.Length > 0)
                    await response.WriteAsync(native is null ? chunk.Memory : native.Rewrite(chunk.Memory.Span)).ConfigureAwait(false);
            }
        }
        finally
        {
            await left.CancelAsync().ConfigureAwait(false);
            await making.ConfigureAwait(false);
            while (chunks.Reader.TryRead(out var unread))
                ((IDisposable)unread).Dispose();
        }
    }

    /// <summary>Makes chunks until the last one, an error, or until nobody wants more.</summary>
    static bool Make(EngineConnection connection, nint stream, ChannelWriter<EngineResult> to, CancellationToken left)
    {
        try
        {
            while (true)
            {
                var chunk = connection.Fetch(stream);
                var last = chunk.Length == 0 || chunk.Error is not null;
                while (!to.TryWrite(chunk))
                    if (left.IsCancellationRequested || !Wait(to, left))
                    {
                        ((IDisposable)chunk).Dispose();
                        if (!last)
                            connection.CancelStream(stream);
                        return false;
                    }

                if (last)
                    return true;
            }
        }
        finally
        {
            to.Complete();
        }
    }

    // The connection's own thread may wait: nothing else can run on it.
    static bool Wait(ChannelWriter<EngineResult> to, CancellationToken left)
    {
        try
        {
            return to.WaitToWriteAsync(left).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    async Task PipeAsync(StatementAnalysis statement, string format, long start, CancellationToken aborted)
    {
        using var pipe = new ResultPipe(pipes);
        var text = IntoPipe(statement.Clauses, statement.Format is not null, statement.Canonical.Span, format, pipe.Path);
        var done = pooled.RunAsync(connection =>
        {
            try
            {
                return connection.Query(text, format, request.Parameters);
            }
            finally
            {
                pipe.Complete();
            }
        });
        var buffer = ArrayPool<byte>.Shared.Rent(PipeReadBytes);
        long sent = 0;
        var broken = true;
        try
        {
            int read;
            while ((read = await pipe.ReadAsync(buffer, default).ConfigureAwait(false)) > 0)
            {
                aborted.ThrowIfCancellationRequested();
                sent += read;
                await response.WriteAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
            }

            broken = false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (broken)
            {
                await engine.KillAsync(pooled).ConfigureAwait(false);
                pipe.Dispose();
                using IDisposable rest = await done.ConfigureAwait(false);
            }
        }

        using IDisposable owner = await done.ConfigureAwait(false);
        var result = (EngineResult)owner;
        Throw(result.Error);
        response.Statistics = result.Statistics with { ElapsedNs = (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds, ResultBytes = (ulong)sent };
    }

    // The clause goes where the FORMAT clause is, or to the end: of the formatter's text, where a name, a string and a comment have one form and no
    // client can make this see another place than the engine.
    static byte[] IntoPipe(StatementClauses clauses, bool hasFormat, ReadOnlySpan<byte> sql, string format, string path)
    {
        var clause = Encoding.UTF8.GetBytes($" INTO OUTFILE {EmbeddedEngine.Literal(path)} TRUNCATE FORMAT {format}");
        return hasFormat
            ? [.. sql[..clauses.FormatStart], .. clause, .. sql[clauses.FormatEnd..clauses.End]]
            : [.. sql[..clauses.End], .. clause];
    }

    static void Throw(string? error)
    {
        if (error is not null)
            throw EngineErrorException.Parse(error);
    }
}
