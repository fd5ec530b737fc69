using System.Buffers;

namespace Tidemark.Local.Export;

/// <summary>
/// Writes one JSON object as short as it can be: only what has to be escaped is, and objects without a member are left out. The framework's own encoders write every
/// character beyond the basic plane as twelve bytes, and an event that fitted a collector's limit must fit again.
/// </summary>
internal sealed class JsonLine
{
    private static readonly SearchValues<byte> _escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    private byte[] _buffer = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    public void Start()
    {
        Length = 0;
        Put("{"u8);
    }

    public void Finish() => Put("}"u8);

    public void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        Name(name);
        String(text);
    }

    /// <summary>A member whose text is left out when it is empty.</summary>
    public void Optional(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
            Text(name, text);
    }

    /// <summary>A member whose value is JSON already; line ends in it become blanks.</summary>
    public void Raw(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        var from = Length;
        Put(value);
        var written = _buffer.AsSpan(from, value.Length);
        written.Replace((byte)'\n', (byte)' ');
        written.Replace((byte)'\r', (byte)' ');
    }

    /// <summary>Begins an object; to be ended with what this returns.</summary>
    public int Begin(ReadOnlySpan<byte> name)
    {
        var before = Length;
        Name(name);
        Put("{"u8);
        return before;
    }

    public void End(int begun)
    {
        if (_buffer[Length - 1] == '{')
            Length = begun;
        else
            Put("}"u8);
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        // No value ends like this.
        if (_buffer[Length - 1] != '{')
            Put(","u8);
        String(name);
        Put(":"u8);
    }

    private void String(ReadOnlySpan<byte> text)
    {
        Put("\""u8);
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(_escaped);
            if (plain < 0)
                plain = text.Length;
            Put(text[..plain]);
            if (plain == text.Length)
                break;
            Escape(text[plain]);
            text = text[(plain + 1)..];
        }
        Put("\""u8);
    }

    private void Escape(byte b)
    {
        var hex = "0123456789abcdef"u8;
        switch (b)
        {
            case (byte)'"':
                Put("\\\""u8);
                break;
            case (byte)'\\':
                Put("\\\\"u8);
                break;
            case (byte)'\n':
                Put("\\n"u8);
                break;
            case (byte)'\t':
                Put("\\t"u8);
                break;
            default:
                Put([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', hex[b >> 4], hex[b & 15]]);
                break;
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - Length < bytes.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + bytes.Length));
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }
}
