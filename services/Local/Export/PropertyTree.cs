using System.Text;

namespace Tidemark.Local.Export;

/// <summary>
/// Folds flattened names back into objects: for the few events whose names are longer than a member's may be, or whose line would be too long with every path
/// written out. A name that does not fold (an empty part, too deep, a text where an object would be) stays as it is.
/// </summary>
internal sealed class PropertyTree
{
    /// <summary>The collector's limit is 8, of which the properties themselves are one.</summary>
    private const int Deepest = 7;

    private readonly List<(string Name, byte[]? Value, bool Raw, PropertyTree? Inner)> _members = [];

    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool raw)
    {
        var whole = Encoding.UTF8.GetString(name);
        var parts = whole.Split('.');
        if (parts.Length > Deepest || parts.Contains("") || !TryAdd(parts, value, raw))
            _members.Add((whole, value.ToArray(), raw, null));
    }

    private bool TryAdd(ReadOnlySpan<string> parts, ReadOnlySpan<byte> value, bool raw)
    {
        var first = parts[0];
        var at = _members.FindIndex(m => m.Name == first);
        if (parts.Length == 1)
        {
            if (at < 0)
                _members.Add((first, value.ToArray(), raw, null));
            return at < 0;
        }
        if (at < 0)
        {
            at = _members.Count;
            _members.Add((first, null, false, new PropertyTree()));
        }
        return _members[at].Inner is { } inner && inner.TryAdd(parts[1..], value, raw);
    }

    public void Write(JsonLine json)
    {
        foreach (var (name, value, raw, inner) in _members)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            if (inner is null)
            {
                EventProperties.Value(json, utf8, value, raw);
                continue;
            }
            var begun = json.Begin(utf8);
            inner.Write(json);
            json.End(begun);
        }
    }
}
