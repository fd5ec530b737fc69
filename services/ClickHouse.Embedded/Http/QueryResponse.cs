using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Tidemark.ClickHouse.Embedded.Compression;
using Tidemark.ClickHouse.Embedded.Formats;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// An answer. Its first bytes are held back, so that an error among them becomes a status and a summary can be a header; with
/// <c>wait_end_of_query</c> all of it is. After that an error follows in the body between two <c>__exception__</c> lines with the
/// announced tag, and the transfer is cut off; or it is a part of the answer's own format, if the client asks for that.
/// </summary>
internal sealed class QueryResponse(HttpContext http, QueryRequest request, string version, string spools, MemoryBudget.Share memory, MemoryBudget.Share disk) : IAsyncDisposable
{
    // The server holds one block or so; enough for most dashboards' answers to have a final summary.
    const int HoldBytes = 128 << 10;

    // The most of it that a client can ask for (buffer_size); who wants more waits for the end.
    const int MaxHoldBytes = 1 << 20;

    // Enough to see a query of any length move, and far below the 16 KiB of headers that Node.js takes; with more every second one is forgotten.
    const int MaxProgress = 32;

    // Larger answers that are waited for go to a file.
    const int SpoolBytes = 1 << 20;

    readonly string _tag = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 16);
    readonly ArrayBufferWriter<byte> _held = new(4096);
    readonly int _holdBytes = (int)Math.Min(Math.Max(HoldBytes, request.BufferSize ?? 0), MaxHoldBytes);
    readonly List<string> _progress = [];
    FileStream? _spool;
    Stream? _body;

    public string Format { get; set; } = request.DefaultFormat is { Length: > 0 } wanted ? wanted : "TabSeparated";

    public string ContentType { get; set; } = "text/tab-separated-values; charset=UTF-8";

    public string Timezone { get; set; } = "UTC";

    public QueryStatistics Statistics { get; set; }

    /// <summary>Headers that the query gives its answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; set; } = [];

    /// <summary>Whether the first bytes are on their way: status and headers cannot change any more.</summary>
    public bool HasStarted => _body is not null;

    /// <summary>Whether the client wants to be told how far the query is.</summary>
    public bool SendsProgress { get; } = request.Setting("send_progress_in_http_headers") is { } send && QueryRequest.IsTrue(send);

    /// <summary>Adds a header with how far the query is; nothing once the answer has begun.</summary>
    public void AddProgress(string json)
    {
        lock (_progress)
        {
            if (_progress.Count == MaxProgress)
                for (var i = MaxProgress - 1; i > 0; i -= 2)
                    _progress.RemoveAt(i);
            _progress.Add(json);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var cancellation = http.RequestAborted;
        if (_body is null && WaitsForEnd)
        {
            if (_spool is null && _held.WrittenCount + bytes.Length > SpoolBytes)
            {
                _spool = new FileStream(Path.Combine(spools, $"answer-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
                disk.Take(_held.WrittenCount);
                await _spool.WriteAsync(_held.WrittenMemory, cancellation).ConfigureAwait(false);
                _held.ResetWrittenCount();
            }

            if (_spool is null)
                Hold(bytes.Span);
            else
            {
                disk.Take(bytes.Length);
                await _spool.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            }

            return;
        }

        if (_body is null && _held.WrittenCount + bytes.Length <= _holdBytes)
        {
            Hold(bytes.Span);
            return;
        }

        await StartAsync(200).ConfigureAwait(false);
        await _body!.WriteAsync(bytes, cancellation).ConfigureAwait(false);
    }

    void Hold(ReadOnlySpan<byte> bytes)
    {
        var before = _held.Capacity;
        // The buffer doubles when it is full.
        if (_held.FreeCapacity < bytes.Length)
            memory.Take(Math.Max(before, bytes.Length));
        _held.Write(bytes);
    }

    public async ValueTask CompleteAsync()
    {
        if (_body is null)
        {
            await StartAsync(200).ConfigureAwait(false);
            if (_spool is not null)
            {
                _spool.Position = 0;
                await _spool.CopyToAsync(_body!, http.RequestAborted).ConfigureAwait(false);
            }
        }

        await _body!.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Answers with an error, or ends an answer on its way with it.</summary>
    public async ValueTask FailAsync(EngineErrorException error)
    {
        // The engine knows one user only.
        var message = error.Message.Replace("DB::Exception: default: ", $"DB::Exception: {request.Credentials.User}: ", StringComparison.Ordinal);
        var text = $"{message} (version {version} (official build))\n";
        var document = request.ExceptionInFormat ? ExceptionDocument.Of(Format, text.TrimEnd('\n')) : null;
        if (_body is not null && document is not null && ExceptionDocument.IsLine(Format))
        {
            await _body.WriteAsync(Encoding.UTF8.GetBytes(document), http.RequestAborted).ConfigureAwait(false);
            await _body.DisposeAsync().ConfigureAwait(false);
            return;
        }

        if (_body is not null)
        {
            var tail = $"\r\n__exception__\r\n{_tag}\r\n{text}{Encoding.UTF8.GetByteCount(text)} {_tag}\r\n__exception__\r\n";
            await _body.WriteAsync(Encoding.UTF8.GetBytes(tail), http.RequestAborted).ConfigureAwait(false);
            await _body.DisposeAsync().ConfigureAwait(false);
            await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
            throw new AnswerCutOffException();
        }

        _held.ResetWrittenCount();
        Headers = [];
        http.Response.Headers["X-ClickHouse-Exception-Code"] = error.Code.ToString(CultureInfo.InvariantCulture);
        ContentType = document is null ? "text/plain; charset=UTF-8" : ExceptionDocument.ContentType(Format);
        await StartAsync(ErrorStatus.Of(error.Code)).ConfigureAwait(false);
        await _body!.WriteAsync(Encoding.UTF8.GetBytes(document ?? text), http.RequestAborted).ConfigureAwait(false);
        await _body.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_spool is not null)
            await _spool.DisposeAsync().ConfigureAwait(false);
    }

    // What is one document is held back until it is known whether it gets an error's place.
    bool WaitsForEnd => request.WaitEndOfQuery || (request.ExceptionInFormat && ExceptionDocument.IsWhole(Format));

    async ValueTask StartAsync(int status)
    {
        if (_body is not null)
            return;
        var headers = http.Response.Headers;
        http.Response.StatusCode = status;
        http.Response.ContentType = ContentType;
        headers["X-ClickHouse-Server-Display-Name"] = "tidemark";
        headers["X-ClickHouse-Query-Id"] = HeaderText.Of(request.QueryId);
        headers["X-ClickHouse-Format"] = HeaderText.Of(Format);
        headers["X-ClickHouse-Timezone"] = HeaderText.Of(Timezone);
        headers["X-ClickHouse-Exception-Tag"] = _tag;
        headers["X-ClickHouse-Summary"] = Summary();
        foreach (var (name, value) in Headers)
            headers[name] = value;
        if (SendsProgress)
            lock (_progress)
                headers["X-ClickHouse-Progress"] = new StringValues([.. _progress, Summary()]);
        var body = http.Response.Body;
        if (request.Setting("enable_http_compression") is null or "1" or "true" && AnswerEncoding.Choose(http.Request.Headers.AcceptEncoding) is { } encoding)
        {
            headers.ContentEncoding = encoding;
            headers.Vary = "Accept-Encoding";
            body = AnswerEncoding.Wrap(body, encoding);
        }

        _body = request.Compress ? new BlockCompressor(body, body != http.Response.Body) : new KeepOpenStream(body, body != http.Response.Body);
        if (_held.WrittenCount > 0 && _spool is null)
            await _body.WriteAsync(_held.WrittenMemory, http.RequestAborted).ConfigureAwait(false);
    }

    string Summary()
    {
        var s = Statistics;
        return string.Create(CultureInfo.InvariantCulture,
            $$"""{"read_rows":"{{s.ReadRows}}","read_bytes":"{{s.ReadBytes}}","written_rows":"{{s.WrittenRows}}","written_bytes":"{{s.WrittenBytes}}","total_rows_to_read":"{{s.ReadRows}}","result_rows":"{{s.ResultRows}}","result_bytes":"{{s.ResultBytes}}","elapsed_ns":"{{s.ElapsedNs}}"}""");
    }
}

/// <summary>The transfer is cut off on purpose: the error is in the body already.</summary>
internal sealed class AnswerCutOffException() : Exception("an error was sent after the first rows"), HttpHardening.IAnswerCutOff;
