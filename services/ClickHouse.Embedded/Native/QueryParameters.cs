namespace Tidemark.ClickHouse.Embedded.Native;

/// <summary>Values of <c>{name:Type}</c>, in ClickHouse's TSV escapes as they came.</summary>
internal sealed class QueryParameters
{
    public List<string> Names { get; } = [];

    public List<string> Values { get; } = [];

    public void Add(string name, string value)
    {
        Names.Add(name);
        Values.Add(value);
    }

    /// <summary>A text in TSV escapes: a raw tab or line feed in a value is refused by the engine.</summary>
    public static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);
}

/// <summary>The same in unmanaged memory for the time of a call.</summary>
internal readonly unsafe ref struct PinnedParameters
{
    readonly PinnedTexts? _names;
    readonly PinnedTexts? _values;

    public PinnedParameters(QueryParameters? parameters)
    {
        if (parameters is null || parameters.Names.Count == 0)
            return;
        _names = new PinnedTexts(parameters.Names);
        _values = new PinnedTexts(parameters.Values);
    }

    public byte** Names => _names is null ? null : _names.Pointers;

    public nuint* NameLengths => _names is null ? null : _names.Lengths;

    public byte** Values => _values is null ? null : _values.Pointers;

    public nuint* ValueLengths => _values is null ? null : _values.Lengths;

    public nuint Count => _names is null ? 0 : (nuint)_names.Count;

    public void Dispose()
    {
        _names?.Dispose();
        _values?.Dispose();
    }
}
