using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.ClickHouse.Embedded.Compression;
using Tidemark.ClickHouse.Embedded.Hosting;
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

    // A statement without data; the engine's own limit (max_query_size) is lower and gives the error.
    const int StatementBytes = 64 << 20;

    /// <summary>The statement, or the head and the first of the data.</summary>
    public required ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>Where an INSERT's data begins and how to read it, or null for a statement without data.</summary>
    public required InsertHead? Insert { get; init; }

    /// <summary>What follows <see cref="Text"/>.</summary>
    public required Stream Rest { get; init; }

    /// <summary>External tables that came along.</summary>
    public IReadOnlyList<ExternalTable> Tables { get; init; } = [];

    public static async Task<QueryBody> ReadAsync(HttpRequest http, QueryRequest request, CancellationToken cancellation)
    {
        if (!request.ReadOnlyMethod && QueryRequest.IsMultipart(http))
        {
            var tables = await MalformedForm.GuardAsync(http, request, ExternalTable.ReadAsync(http, request, cancellation)).ConfigureAwait(false);
            var query = Encoding.UTF8.GetBytes(request.Query);
            return new QueryBody { Text = query, Insert = InsertHead.Find(query), Rest = Stream.Null, Tables = tables };
        }

        var rest = request.ReadOnlyMethod ? Stream.Null : Decoded(http, request);
        var buffer = new byte[request.Query.Length == 0 ? 4096 : Math.Max(4096, Encoding.UTF8.GetMaxByteCount(request.Query.Length) + 1)];
        var filled = Encoding.UTF8.GetBytes(request.Query, buffer);
        if (filled > 0)
            buffer[filled++] = (byte)'\n';
        var ended = false;
        while (!ended && filled < HeadBytes && InsertHead.Find(buffer.AsSpan(0, filled)) is null)
            ended = await FillAsync().ConfigureAwait(false);
        var insert = InsertHead.Find(buffer.AsSpan(0, filled));
        // A name or a list of settings may be cut at the buffer's end: look again with more of it.
        if (insert is not null && !ended && filled - insert.DataStart < 256)
        {
            ended = await FillAsync().ConfigureAwait(false);
            insert = InsertHead.Find(buffer.AsSpan(0, filled)) ?? insert;
        }

        while (insert is null && !ended)
        {
            if (filled > StatementBytes)
                throw EngineErrorException.Of(229, "QUERY_IS_TOO_LARGE", "The statement is longer than 64 MiB");
            ended = await FillAsync().ConfigureAwait(false);
        }

        var text = insert is null && filled > 0 && ended && request.Query.Length > 0 && buffer[filled - 1] == '\n' ? filled - 1 : filled;
        return new QueryBody { Text = buffer.AsMemory(0, text), Insert = insert, Rest = rest };

        async ValueTask<bool> FillAsync()
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var read = await rest.ReadAsync(buffer.AsMemory(filled), cancellation).ConfigureAwait(false);
            filled += read;
            return read == 0;
        }
    }

    internal static Stream Decoded(HttpRequest http, QueryRequest request)
    {
        var coding = http.Headers.ContentEncoding.ToString();
        var body = AnswerEncoding.Unwrap(http.Body, coding)
            ?? throw EngineErrorException.Of(48, "NOT_IMPLEMENTED",
                $"Unknown compression method '{coding}'. Only 'auto', 'none', 'gzip', 'deflate', 'br', 'xz', 'zstd', 'lz4', 'bz2', 'snappy' are supported as compression methods");
        return request.Decompress ? new BlockDecompressor(body) : body;
    }
}
