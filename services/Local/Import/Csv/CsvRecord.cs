namespace Tidemark.Local.Import.Csv;

internal enum CsvParse
{
    Complete,

    /// <summary>The text ends inside quotes: the record may go on in the next line.</summary>
    OpenQuote,

    /// <summary>Something else than a delimiter stands behind a closing quote.</summary>
    BadQuote,
}

/// <summary>Splits one record into fields by RFC 4180; a quote inside an unquoted field is a character like any other. Reused from record to record.</summary>
internal sealed class CsvRecord(byte delimiter)
{
    private readonly List<Field> _fields = [];
    private byte[] _unescaped = new byte[256];

    public int Count => _fields.Count;

    public CsvParse Parse(ReadOnlySpan<byte> text)
    {
        _fields.Clear();
        var at = 0;
        while (true)
        {
            if (at < text.Length && text[at] == '"')
            {
                var parsed = Quoted(text, ref at);
                if (parsed != CsvParse.Complete)
                    return parsed;
            }
            else
            {
                var length = text[at..].IndexOf(delimiter);
                if (length < 0)
                    length = text.Length - at;
                _fields.Add(new Field(at, length, false));
                at += length;
            }
            if (at == text.Length)
                return CsvParse.Complete;
            at++;
        }
    }

    private CsvParse Quoted(ReadOnlySpan<byte> text, ref int at)
    {
        var start = ++at;
        var doubled = false;
        while (true)
        {
            var quote = text[at..].IndexOf((byte)'"');
            if (quote < 0)
                return CsvParse.OpenQuote;
            at += quote + 1;
            if (at < text.Length && text[at] == '"')
            {
                doubled = true;
                at++;
                continue;
            }
            if (at < text.Length && text[at] != delimiter)
                return CsvParse.BadQuote;
            _fields.Add(new Field(start, at - 1 - start, doubled));
            return CsvParse.Complete;
        }
    }

    /// <summary>A field of the text that was parsed; what had doubled quotes is valid until the next call.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> text, int index)
    {
        var field = _fields[index];
        var raw = text.Slice(field.Start, field.Length);
        return field.Doubled ? Unescape(raw) : raw;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> raw)
    {
        if (_unescaped.Length < raw.Length)
            _unescaped = new byte[raw.Length * 2];
        var length = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            _unescaped[length++] = raw[i];
            if (raw[i] == '"')
                i++;
        }
        return _unescaped.AsSpan(0, length);
    }

    private readonly record struct Field(int Start, int Length, bool Doubled);
}
