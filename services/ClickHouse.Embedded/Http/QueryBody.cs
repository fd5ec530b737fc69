using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.ClickHouse.Embedded.Compression;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// The statement's text: the URL's query and then the body, as ClickHouse puts them together. Of an INSERT with data only the
/// head is read here; the rest stays in <see cref="Rest"/>.
/// </summary>
internal sealed class QueryBody
{
    // The server's max_query_size; what is longer is data, or no INSERT.
    const int HeadBytes = 256 << 10;

    // A statement without data may be as long as max_query_size says, and no client may say more than this.
    const int MaxStatementBytes = 16 << 20;

    // What is longer than the limit by this is not read on: the engine says that it is too long.
    const int OverlengthBytes = 64;

    /// <summary>The statement, or the head and the first of the data.</summary>
    public required ReadOnlyMemory<byte> Text { get; set; }

    /// <summary>Where an INSERT's data begins and how to read it, or null for a statement without data.</summary>
    public required InsertHead? Insert { get; init; }

    /// <summary>What follows <see cref="Text"/>.</summary>
    public required Stream Rest { get; init; }

    /// <summary>Whether nothing follows any more.</summary>
    public bool Ended { get; private set; }

    /// <summary>External tables that came along.</summary>
    public IReadOnlyList<ExternalTable> Tables { get; init; } = [];

    /// <summary>Reads the statement; what is held of it counts against <paramref name="memory"/>.</summary>
    public static async Task<QueryBody> ReadAsync(HttpRequest http, QueryRequest request, MemoryBudget.Share memory, CancellationToken cancellation)
    {
        if (!request.ReadOnlyMethod && QueryRequest.IsMultipart(http))
        {
            var tables = await MalformedForm.GuardAsync(http, request, ExternalTable.ReadAsync(http, request, memory, cancellation)).ConfigureAwait(false);
            var query = Encoding.UTF8.GetBytes(request.Query);
            return new QueryBody { Text = query, Insert = InsertHead.Find(query), Rest = Stream.Null, Ended = true, Tables = tables };
        }

        var rest = request.ReadOnlyMethod ? Stream.Null : Decoded(http, request, memory);
        var limit = Math.Clamp(long.TryParse(request.Setting("max_query_size"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 0, HeadBytes, MaxStatementBytes) + OverlengthBytes;
        var size = request.Query.Length == 0 ? 4096 : Math.Max(4096, Encoding.UTF8.GetMaxByteCount(request.Query.Length) + 1);
        memory.Take(size);
        var buffer = new byte[size];
        var filled = Encoding.UTF8.GetBytes(request.Query, buffer);
        if (filled > 0)
            buffer[filled++] = (byte)'\n';
        var ended = false;
        var insert = InsertHead.Find(buffer.AsSpan(0, filled));
        // Looked at again only when the buffer is full: looking at every piece of a body that comes byte by byte would cost the square of it.
        while (insert is null && !ended && filled < HeadBytes)
        {
            ended = await FillAsync().ConfigureAwait(false);
            insert = InsertHead.Find(buffer.AsSpan(0, filled));
        }

        // A name or a list of settings may be cut at the buffer's end: look again with more of it.
        if (insert is not null && !ended && filled - insert.DataStart < 256)
        {
            ended = await FillAsync().ConfigureAwait(false);
            insert = InsertHead.Find(buffer.AsSpan(0, filled)) ?? insert;
        }

        while (insert is null && !ended && filled <= limit)
            ended = await FillAsync().ConfigureAwait(false);

        var text = insert is null && filled > 0 && ended && request.Query.Length > 0 && buffer[filled - 1] == '\n' ? filled - 1 : filled;
        return new QueryBody { Text = buffer.AsMemory(0, text), Insert = insert, Rest = rest, Ended = ended };

        async ValueTask<bool> FillAsync()
        {
            if (filled == buffer.Length)
            {
                memory.Take(buffer.Length);
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var wanted = buffer.Length - filled;
            var read = await rest.ReadAtLeastAsync(buffer.AsMemory(filled), wanted, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            filled += read;
            return read < wanted;
        }
    }

    /// <summary>Reads on until <see cref="Text"/> has <paramref name="bytes"/> or the body has ended.</summary>
    public async Task FillAsync(int bytes, CancellationToken cancellation)
    {
        if (Ended || Text.Length >= bytes)
            return;
        var buffer = new byte[bytes];
        Text.CopyTo(buffer);
        var read = await Rest.ReadAtLeastAsync(buffer.AsMemory(Text.Length), bytes - Text.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        (Text, Ended) = (buffer.AsMemory(0, Text.Length + read), Text.Length + read < bytes);
    }

    internal static Stream Decoded(HttpRequest http, QueryRequest request, MemoryBudget.Share memory)
    {
        var coding = http.Headers.ContentEncoding.ToString();
        var body = AnswerEncoding.Unwrap(http.Body, coding)
            ?? throw EngineErrorException.Of(48, "NOT_IMPLEMENTED",
                $"Unknown compression method '{coding}'. Only 'auto', 'none', 'gzip', 'deflate', 'br', 'xz', 'zstd', 'lz4', 'bz2', 'snappy' are supported as compression methods");
        return request.Decompress ? new BlockDecompressor(body, memory) : body;
    }
}
