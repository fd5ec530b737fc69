namespace Tidemark.Local.Import.Source;

/// <summary>
/// The lines of a stream with their numbers, without their ends (LF with any number of CR around it, since scripts on Windows write CR CR LF; CR alone where the first block of the file has no LF at all, as old Macs write).
/// A reader can look ahead and go back to a line, within the buffer's limit: CSV needs that for quotes that never close.
/// </summary>
internal sealed class LineReader
{
    /// <summary>Longest line, and the farthest look ahead, in bytes: an event has at most 32 KiB, so nothing that counts is longer.</summary>
    public const int LongestLine = 1 << 20;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[1 << 18];
    private int _end;
    private bool _streamEnded;
    private byte _lineEnd = (byte)'\n';
    private bool _looked;

    public LineReader(Stream stream) => _stream = stream;

    /// <summary>Where the next line begins in the buffer.</summary>
    private int _at;

    /// <summary>Where the line that <see cref="Next"/> delivered begins, for <see cref="Span"/> and <see cref="LookAhead"/>.</summary>
    public int Start { get; private set; }

    /// <summary>Number of the line that was read last; the first is 1.</summary>
    public long Number { get; private set; }

    /// <summary>
    /// The next line; its memory is valid until the next call that is not a look ahead. False at the end of the file. A line longer than
    /// <see cref="LongestLine"/> is delivered empty with <paramref name="tooLong"/> set.
    /// </summary>
    public bool Next(out ReadOnlySpan<byte> line, out bool tooLong)
    {
        tooLong = false;
        Compact();
        Start = _at;
        var length = FindEnd(_at, out var endLength);
        if (length < 0)
        {
            tooLong = true;
            line = default;
            SkipLongLine();
            Number++;
            return true;
        }
        if (length == 0 && endLength == 0)
        {
            line = default;
            return false;
        }
        line = Trimmed(_at, length);
        _at += length + endLength;
        Number++;
        return true;
    }

    /// <summary>A place to come back to: valid until the next <see cref="Next"/>.</summary>
    public (int At, long Number) Mark => (_at, Number);

    public void Return((int At, long Number) mark) => (_at, Number) = mark;

    /// <summary>Takes the following line to the last one; <see cref="Span"/> then holds both. False at the end, or when they would be too long together.</summary>
    public bool LookAhead()
    {
        if (_at - Start > LongestLine)
            return false;
        var length = FindEnd(_at, out var endLength);
        if (length < 0 || (length == 0 && endLength == 0))
            return false;
        _at += length + endLength;
        Number++;
        return true;
    }

    /// <summary>The lines since <see cref="Next"/>, line ends within included and the last one left out.</summary>
    public ReadOnlySpan<byte> Span
    {
        get
        {
            var end = _at;
            if (end > Start && _buffer[end - 1] == _lineEnd)
                end--;
            return Trimmed(Start, end - Start);
        }
    }

    private ReadOnlySpan<byte> Trimmed(int from, int length)
    {
        var line = _buffer.AsSpan(from, length);
        return _lineEnd == '\n' ? line.Trim((byte)'\r') : line;
    }

    // Moves the rest to the front when little room is left. Only between lines: marks are positions in the buffer.
    private void Compact()
    {
        if (_at == 0 || _buffer.Length - _at > _buffer.Length / 2)
            return;
        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        _end -= _at;
        _at = 0;
    }

    /// <summary>Length of the line at a position; -1 when it is too long; 0 without an end when nothing is left.</summary>
    private int FindEnd(int from, out int endLength)
    {
        var searched = from;
        while (true)
        {
            if (!_looked && _end > 0)
                DecideLineEnd();
            var found = _buffer.AsSpan(searched, _end - searched).IndexOf(_lineEnd);
            if (found >= 0)
            {
                endLength = 1;
                return searched - from + found;
            }
            searched = _end;
            endLength = 0;
            if (_streamEnded)
                return _end - from;
            if (_end - from > LongestLine)
                return -1;
            Fill();
        }
    }

    private void DecideLineEnd()
    {
        while (_end < 1 << 16 && !_streamEnded)
            Fill();
        var block = _buffer.AsSpan(0, _end);
        if (!block.Contains((byte)'\n') && block.Contains((byte)'\r'))
            _lineEnd = (byte)'\r';
        _looked = true;
    }

    private void Fill()
    {
        if (_buffer.Length - _end < 4096)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = _stream.Read(_buffer.AsSpan(_end));
        _end += read;
        _streamEnded = read == 0;
    }

    private void SkipLongLine()
    {
        while (true)
        {
            var found = _buffer.AsSpan(_at, _end - _at).IndexOf(_lineEnd);
            if (found >= 0)
            {
                _at += found + 1;
                return;
            }
            _at = _end = 0;
            Fill();
            if (_streamEnded)
                return;
        }
    }
}
