using System.Globalization;

namespace Tidemark.Local.Configuration;

/// <summary>
/// A list of records may be an object by name in a file, <c>{"local": {"gap": "10m"}}</c>, instead of an array of objects with names. The names are numbered here.
/// </summary>
internal sealed class RecordNumbers
{
    private readonly Dictionary<(string Option, string Name), int> _numbers = [];

    /// <summary>The value's path below its option, with a number for a name, and the name itself the first time.</summary>
    public IEnumerable<(LocalOption Option, string Path, string Value, string Told)> Numbered(LocalOption option, string[] path, string value, string told)
    {
        if (option.IsRecords && path.Length > 1 && !int.TryParse(path[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            var name = path[0];
            if (!_numbers.TryGetValue((option.Name, name), out var number))
            {
                number = _numbers.Count(pair => pair.Key.Option == option.Name);
                _numbers.Add((option.Name, name), number);
                yield return (option, $"{number}:Name", name, told);
            }
            path = [number.ToString(CultureInfo.InvariantCulture), .. path.Skip(1)];
        }
        yield return (option, string.Join(':', path.Select(LocalOption.Plain)), value, told);
    }
}
