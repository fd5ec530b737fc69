using System.Security.Cryptography;
using System.Text;

namespace Tidemark.Local.Import.Rows;

/// <summary>
/// The streams of an export: its live events and each of its imports made sessions of their own, and do so again, as an import for each. Any other file is one stream.
/// </summary>
internal sealed class ImportStreams
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private byte[] _last = [];
    private int _lastNumber = -1;

    public int Count => _names.Count;

    public int NumberOf(ReadOnlySpan<byte> name)
    {
        if (_lastNumber >= 0 && name.SequenceEqual(_last))
            return _lastNumber;
        _last = name.ToArray();
        var text = Encoding.UTF8.GetString(name);
        if (!_numbers.TryGetValue(text, out _lastNumber))
        {
            _numbers.Add(text, _lastNumber = _names.Count);
            _names.Add(text);
        }
        return _lastNumber;
    }

    /// <summary>The import id of a stream: the file's for the first one, for the others 32 hex digits of a hash of that and the stream's name.</summary>
    public string ImportIdOf(int stream, string fileId) =>
        stream == 0 ? fileId : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{fileId}\0{_names[stream]}")).AsSpan(0, 16));
}
