namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>What a service is asked to do.</summary>
internal enum ServiceVerb
{
    Run,
    Help,
    Version,

    /// <summary>Ask the instance that runs with this configuration whether it is ready: the health check of a container without a shell.</summary>
    Health,
}

/// <summary>
/// The arguments: <c>--help</c>, <c>--version</c>, <c>health</c>, <c>--config FILE</c> and settings as <c>--Section:Key=value</c> or <c>--Section:Key value</c>.
/// </summary>
internal sealed record CommandLine(ServiceVerb Verb, string? ConfigFile, IReadOnlyDictionary<string, string> Settings)
{
    internal static CommandLine Parse(IReadOnlyList<string> arguments, List<string> mistakes)
    {
        var verb = ServiceVerb.Run;
        string? file = null;
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = Split(arguments[i]);
            switch (name)
            {
                case "--help" or "-h" or "-?" or "help":
                    verb = ServiceVerb.Help;
                    continue;
                case "--version" or "version" when verb != ServiceVerb.Help:
                    verb = ServiceVerb.Version;
                    continue;
                case "health" when verb == ServiceVerb.Run:
                    verb = ServiceVerb.Health;
                    continue;
                case "--config":
                    file = value ?? Next(ref i);
                    if (file is null)
                        mistakes.Add("--config takes the path of a JSON file");
                    continue;
            }
            if (!name.StartsWith("--", StringComparison.Ordinal) || !name.Contains(':'))
                mistakes.Add($"{name} is no argument; settings are written --Section:Key=value, see --help");
            else if ((value ?? Next(ref i)) is { } given)
                settings[name[2..]] = given;
            else
                mistakes.Add($"{name} has no value; write {name}=value");
        }
        return new CommandLine(verb, file, settings);

        string? Next(ref int i) => i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal) ? arguments[++i] : null;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=');
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }
}
