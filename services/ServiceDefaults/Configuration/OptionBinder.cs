using Microsoft.Extensions.Configuration;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>
/// Fills an options record from a section, strictly: a key that is no option, a text that is no such value, a required option that is missing are mistakes, each with the
/// key, what it is and what is allowed. An empty text is no value, so that <c>${VARIABLE:-}</c> of a compose file leaves the default.
/// </summary>
internal sealed class OptionBinder(SettingsRoot settings, ICollection<string> mistakes)
{
    /// <summary>Keys that already have a mistake; what a check of the record says about them would be the same again.</summary>
    internal HashSet<string> Wrong { get; } = new(StringComparer.OrdinalIgnoreCase);

    // While a file with a list is read.
    private string? _file;

    internal void Fill(object record, IConfigurationSection section, string path)
    {
        var properties = OptionProperty.Of(record.GetType());
        RefuseUnknown(properties, section, path);
        // Whatever goes wrong with one: the check of the record reads it.
        foreach (var required in properties.Where(p => p.IsRequired && p.Type == typeof(string) && p.Property.GetValue(record) is null))
            required.Property.SetValue(record, "");
        foreach (var property in properties)
            Fill(record, property, section, path);
    }

    private void Fill(object record, OptionProperty property, IConfigurationSection section, string path)
    {
        var key = $"{path}:{property.Name}";
        var given = section.GetSection(property.Name);
        if (property.FileName is { } fileName && section[fileName] is { Length: > 0 } file)
        {
            if (IsGiven(given))
                Mistake(key, $"{settings.Name(key)} and {settings.Name($"{path}:{fileName}")} are both set; leave one out");
            else if (property.Element is null)
                Set(record, property, SecretFile.Read(file, out var why) ?? Missing(Told($"{path}:{fileName}"), why));
            else
                FillFromFile(record, property, file, path, key);
            return;
        }
        if (property.Element is { } element)
            FillList(record, property, element, given, path, key);
        else if (OptionValue.IsScalar(property.Type))
            FillScalar(record, property, given, key);
        else
            Fill(property.Property.GetValue(record) ?? throw new InvalidOperationException($"{key} has no default to fill"), given, key);

        string? Missing(string where, string why)
        {
            Mistake(key, $"{where}: {why}");
            return null;
        }
    }

    private void FillScalar(object record, OptionProperty property, IConfigurationSection given, string key)
    {
        if (given.Value is not { Length: > 0 } text)
        {
            if (given.GetChildren().Any())
                Mistake(key, $"{Told(key)} is a section; it takes {OptionValue.Takes(property.Type)}");
            else if (property.IsRequired)
                Mistake(key, $"{settings.Name(key)} is required{(property.FileName is { } file ? $" (or {settings.Name(key[..^property.Name.Length] + file)}, the path of a file that holds it)" : "")}: {OptionDocs.Summary(property.Property)}");
            return;
        }
        if (OptionValue.Parse(property.Type, text) is { } value)
            Set(record, property, value);
        else
            Mistake(key, $"{Told(key)} is {(property.IsSecret || MayHoldASecret(property, text) ? "not right" : $"'{Shown(text)}'")}; it takes {OptionValue.Takes(property.Type)}");
    }

    private void FillList(object record, OptionProperty property, Type element, IConfigurationSection given, string path, string key)
    {
        var children = given.GetChildren().ToList();
        var scalar = OptionValue.IsScalar(element);
        if (children.Count == 0)
        {
            // The environment has no lists: there it is one text with commas.
            if (scalar && given.Value is { Length: > 0 } text)
                SetList(record, property, element, text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), item => OptionValue.Parse(element, item));
            else if (given.Value is { Length: > 0 } wrong)
                Mistake(key, $"{Told(key)} is '{Shown(wrong)}'; it takes entries such as {settings.Name($"{key}:0:{OptionProperty.Of(element)[0].Name}")}, or {settings.Name($"{path}:{property.FileName}")}");
            return;
        }
        SetList(record, property, element, children, child => scalar ? Element(element, child, $"{key}:{child.Key}") : NewRecord(element, child, $"{key}:{child.Key}"));
    }

    private object? Element(Type element, IConfigurationSection child, string key)
    {
        if (child.Value is { } text && OptionValue.Parse(element, text) is { } value)
            return value;
        Mistake(key, $"{Told(key)} is not right; it takes {OptionValue.Takes(element)}");
        return null;
    }

    private object NewRecord(Type element, IConfigurationSection child, string key)
    {
        var item = Activator.CreateInstance(element)!;
        Fill(item, child, key);
        return item;
    }

    private void FillFromFile(object record, OptionProperty property, string file, string path, string key)
    {
        if (ListFile.Read(file, property.Name, out var why) is not { } list)
        {
            Mistake(key, $"{Told($"{path}:{property.FileName}")}: {why}");
            return;
        }
        _file = file;
        FillList(record, property, property.Element!, list, path, key);
        _file = null;
    }

    private void RefuseUnknown(IReadOnlyList<OptionProperty> properties, IConfigurationSection section, string path)
    {
        var names = properties.Select(static p => p.Name).Concat(properties.Select(static p => p.FileName).OfType<string>()).ToList();
        foreach (var child in section.GetChildren().Where(c => !names.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
            mistakes.Add($"{Told($"{path}:{child.Key}")} is no option{Nearest.Hint(child.Key, names, name => settings.Name($"{path}:{name}"))}");
    }

    private void Mistake(string key, string message)
    {
        Wrong.Add(key);
        mistakes.Add(message);
    }

    private string Told(string key) => _file is null ? settings.Told(key) : $"{settings.Name(key)} in {_file}";

    // An address with a user and a password in it, perhaps.
    private static bool MayHoldASecret(OptionProperty property, string text) => property.Type == typeof(Uri) && text.Contains('@', StringComparison.Ordinal);

    private static bool IsGiven(IConfigurationSection given) => given.Value is { Length: > 0 } || given.GetChildren().Any();

    private static void Set(object record, OptionProperty property, object? value)
    {
        if (value is not null)
            property.Property.SetValue(record, value);
    }

    private static void SetList<T>(object record, OptionProperty property, Type element, IReadOnlyCollection<T> items, Func<T, object?> read)
    {
        var values = items.Select(read).OfType<object>().ToList();
        var array = Array.CreateInstance(element, values.Count);
        for (var i = 0; i < values.Count; i++)
            array.SetValue(values[i], i);
        property.Property.SetValue(record, array);
    }

    private static string Shown(string text) => text.Length <= 80 ? text.ReplaceLineEndings(" ") : text[..80].ReplaceLineEndings(" ") + "…";
}
