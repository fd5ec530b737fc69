using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.Local.Configuration;

/// <summary>
/// What was given, under the keys of the option records, with the place that each value comes from. An option that is given in a stronger place hides all of it that is given
/// in weaker ones, also where it is a list.
/// </summary>
internal sealed class GivenValues(List<string> mistakes)
{
    private readonly Dictionary<string, (string Value, string Told)> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _told = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of the options that have a value.</summary>
    public HashSet<string> Options { get; } = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, string?>> Values => _values.Select(static v => KeyValuePair.Create(v.Key, (string?)v.Value.Value));

    public string? ValueOf(string key) => _values.TryGetValue(key, out var found) ? found.Value : null;

    /// <summary>A mistake for each secret in the text of a list that the command line has: everybody on the machine can read it there.</summary>
    public IEnumerable<string> SecretsOnTheCommandLine() =>
        from value in _values
        where value.Value.Told.StartsWith("--", StringComparison.Ordinal) && IsSecret(value.Key.Split(':'))
        select $"{value.Value.Told} is a secret, which the command line would show to everybody on this machine: give it in the environment or the configuration file, or the path of a file with it as {value.Value.Told.Split(": ")[^1]}-file";

    /// <summary>Whether a secret was given by a place that messages tell by this ending.</summary>
    public bool HasSecretFrom(string place) =>
        _values.Any(value => value.Value.Told.EndsWith(place, StringComparison.Ordinal) && (IsSecret(value.Key.Split(':')) || OptionTable.OfKey(value.Key) is { IsSecret: true }));

    private static bool IsSecret(string[] key)
    {
        var property = OptionTable.OfKey($"{key[0]}:{key[1]}")?.Property;
        foreach (var part in key.Skip(2).Where(static part => !char.IsAsciiDigit(part[0])))
            property = property?.Element is { } element ? OptionProperty.Of(element).FirstOrDefault(p => p.Name.Equals(part, StringComparison.OrdinalIgnoreCase)) : null;
        return key.Length > 2 && property is { IsSecret: true };
    }

    /// <summary>How a message names a key that has a value.</summary>
    public string Told(string key) => _values.TryGetValue(key, out var found) ? found.Told : _told.GetValueOrDefault(key) ?? NameOf(key);

    /// <summary>How a message names a key whatever it is given by: the option on the command line, and what is below it by its name.</summary>
    public string NameOf(string key)
    {
        var parts = key.Split(':');
        if (parts.Length < 2 || OptionTable.OfKey($"{parts[0]}:{parts[1]}") is not { } option)
            return key;
        if (parts.Length == 2)
            return option.IsSecret ? option.InEnvironment : option.OnCommandLine;
        var record = ValueOf($"{parts[0]}:{parts[1]}:{parts[2]}:Name") ?? parts[2];
        return $"{option.OnCommandLine}: {string.Join(':', parts.Skip(3).Select(LocalOption.Dashed).Prepend(record))}";
    }

    /// <summary>Takes a place whose values win over those that are there.</summary>
    /// <param name="settings">Option, path below it (empty for the option itself), value, and how a message tells it.</param>
    public void Add(IEnumerable<(LocalOption Option, string Path, string Value, string Told)> settings)
    {
        foreach (var one in settings.GroupBy(static s => s.Option.Property))
        {
            // An option and the one that names its file are the same thing told in two ways.
            foreach (var before in OptionTable.All.Where(o => o.Property == one.Key))
                Remove(before);
            foreach (var (option, path, value, told) in one)
            {
                Options.Add(option.Name);
                foreach (var key in option.Keys)
                    Add(option, key, path, value, told);
            }
        }
    }

    private void Add(LocalOption option, string key, string path, string value, string told)
    {
        _told[key] = told;
        if (path.Length == 0 && option.IsRecords)
        {
            foreach (var (inner, text, name) in RecordsText.Read(value, quotes: !option.HoldsSecrets, mistake => mistakes.Add($"{told}: {mistake}")))
                _values[$"{key}:{inner}"] = (text, $"{told}: {name}");
        }
        else
        {
            _values[path.Length == 0 ? key : $"{key}:{path}"] = (value, told);
        }
    }

    private void Remove(LocalOption option)
    {
        Options.Remove(option.Name);
        foreach (var key in option.Keys)
        {
            foreach (var old in _values.Keys.Where(k => k.Equals(key, StringComparison.OrdinalIgnoreCase) || k.StartsWith(key + ':', StringComparison.OrdinalIgnoreCase)).ToList())
                _values.Remove(old);
        }
    }
}
