namespace Tidemark.Local.Configuration;

/// <summary>A list of records with names as one text: <c>NAME:setting=value,setting=value;NAME:…</c>; a setting of an inner record as <c>keys:0:key-file=FILE</c>.</summary>
internal static class RecordsText
{
    private const string Example = "local:gap=10m,lateness=1h (several projects with a semicolon)";

    /// <summary>The settings with their keys below the list's, such as <c>0:Gap</c>, and how a message tells each; what cannot be read is said in the mistakes.</summary>
    /// <param name="text">Of the option.</param>
    /// <param name="quotes">False when a secret may stand in the text: a comma or a semicolon in it cuts it in two, and a message must not repeat the second half.</param>
    /// <param name="mistake">Takes what is wrong.</param>
    public static IEnumerable<(string Key, string Value, string Told)> Read(string text, bool quotes, Action<string> mistake)
    {
        var index = 0;
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split(':', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, var settings])
            {
                mistake($"{(quotes ? Quoted.Text(part) : $"project {index + 1}")} is not a name with settings such as {Example}");
                continue;
            }
            yield return ($"{index}:Name", name, name);
            foreach (var (number, setting) in settings.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Index())
            {
                if (setting.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } key, { Length: > 0 } value])
                    yield return ($"{index}:{LocalOption.Plain(key)}", value, $"{name}:{key}");
                else
                    mistake($"{name}: {(quotes ? Quoted.Text(setting) : $"setting {number + 1}")} has no value; write settings such as {Example}");
            }
            index++;
        }
    }
}
