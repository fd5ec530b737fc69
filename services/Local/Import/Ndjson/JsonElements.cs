using Tidemark.Local.Import.Source;

namespace Tidemark.Local.Import.Ndjson;

/// <summary>
/// Cuts a top-level array into its elements without reading it whole; each comes with the line it begins on. Only brackets and quotes are looked at: whether an
/// element is JSON its reader says. Several arrays may follow each other.
/// </summary>
internal sealed class JsonElements(Stream stream)
{
    private byte[] _buffer = new byte[1 << 17];
    private int _at;
    private int _end;
    private bool _inArray;
    private long _line = 1;

    /// <summary>The line on which the last element began.</summary>
    public long Line { get; private set; }

    /// <summary>The next element, valid until the next call; false when the file has ended after a closed array.</summary>
    public bool Next(out ReadOnlySpan<byte> element, out bool tooLong)
    {
        element = default;
        tooLong = false;
        while (true)
        {
            if (_at == _end && !Fill(ref _at))
                return _inArray ? throw Cut() : false;
            var b = _buffer[_at];
            if (b == '\n')
                _line++;
            if (b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',')
                _at++;
            else if (b == (_inArray ? ']' : '['))
            {
                _inArray = !_inArray;
                _at++;
            }
            else
                break;
        }
        Line = _line;
        var start = _at;
        tooLong = Scan(ref start);
        if (!tooLong)
            element = _buffer.AsSpan(start, _at - start);
        return true;
    }

    /// <summary>Moves behind the element that begins at start; true when it was too long to keep.</summary>
    private bool Scan(ref int start)
    {
        var depth = 0;
        var inString = false;
        var escaped = false;
        var tooLong = false;
        for (; ; _at++)
        {
            if (_at == _end)
            {
                if (_at - start > LineReader.LongestLine)
                {
                    tooLong = true;
                    start = _at;
                }
                if (!Fill(ref start))
                {
                    if (_inArray)
                        throw Cut();
                    return tooLong;
                }
            }
            var b = _buffer[_at];
            // No string of JSON holds a line end: one that does not close spoils its own element, not the rest of the file.
            if (b == '\n')
            {
                _line++;
                inString = false;
            }
            if (inString)
            {
                inString = escaped || b != '"';
                escaped = !escaped && b == '\\';
                continue;
            }
            escaped = false;
            switch (b)
            {
                case (byte)'"':
                    inString = true;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)'}' or (byte)']' when depth > 0:
                    if (--depth == 0)
                    {
                        _at++;
                        return tooLong;
                    }
                    break;
                case (byte)']' when _inArray:
                case (byte)',' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' when depth == 0:
                    if (b == '\n')
                        _line--;
                    return tooLong;
            }
        }
    }

    // Keeps what begins at start; positions move with it.
    private bool Fill(ref int start)
    {
        var kept = _end - start;
        if (start > 0)
        {
            _buffer.AsSpan(start, kept).CopyTo(_buffer);
            _end = kept;
            _at -= start;
            start = 0;
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = stream.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }

    private static CommandFailedException Cut() =>
        new("the file begins with [ and its array does not end: the file is cut, or it is not JSON (nothing was imported)");
}
