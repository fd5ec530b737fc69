using System.Text;

namespace Tidemark.Local.Sql;

/// <summary>
/// Copies an answer to the output. ClickHouse tells of an error after the first rows at the end of the body, between two lines <c>__exception__</c> and behind a tag
/// that a header announced, and cuts the transfer off: the last bytes are kept back until it is known whether they are rows.
/// </summary>
internal sealed class AnswerCopy(Stream output, string? tag)
{
    /// <summary>Bytes kept back: as much as the server allows an error to have (16 KiB), and its frame.</summary>
    private const int KeptBytes = (16 << 10) + 256;

    private readonly byte[] _kept = new byte[KeptBytes * 4];
    private int _count;

    /// <summary>Null when the answer is complete, else the error's text.</summary>
    public async Task<string?> RunAsync(Stream answer, CancellationToken cancellation)
    {
        try
        {
            int read;
            while ((read = await answer.ReadAsync(_kept.AsMemory(_count), cancellation)) > 0)
            {
                _count += read;
                if (_kept.Length - _count < KeptBytes)
                    await WriteAsync(_count - KeptBytes, cancellation);
            }
        }
        catch (IOException e) when (e is HttpIOException || e.InnerException is HttpIOException)
        {
            var (rows, error) = Split();
            await WriteAsync(rows, cancellation);
            await output.FlushAsync(cancellation);
            return error ?? "the connection was lost before the answer was complete";
        }
        await WriteAsync(_count, cancellation);
        await output.FlushAsync(cancellation);
        return null;
    }

    private async Task WriteAsync(int count, CancellationToken cancellation)
    {
        await output.WriteAsync(_kept.AsMemory(0, count), cancellation);
        _kept.AsSpan(count, _count - count).CopyTo(_kept);
        _count -= count;
    }

    private (int Rows, string? Error) Split()
    {
        var end = _kept.AsSpan(0, _count);
        var begin = Encoding.ASCII.GetBytes($"\r\n__exception__\r\n{tag}\r\n");
        var at = tag is { Length: > 0 } ? end.LastIndexOf(begin) : -1;
        if (at < 0)
            return (_count, null);
        var text = end[(at + begin.Length)..];
        // The text ends with a line end, and then come its length and the tag again.
        var line = text.LastIndexOf(Encoding.ASCII.GetBytes($" {tag}\r\n"));
        var length = line < 0 ? -1 : text[..line].LastIndexOf((byte)'\n');
        return (at, Encoding.UTF8.GetString(length < 0 ? text : text[..length]));
    }
}
