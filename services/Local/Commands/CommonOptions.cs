using System.CommandLine;
using Tidemark.Local.Configuration;

namespace Tidemark.Local.Commands;

/// <summary>Options that several commands share. They are texts here: <see cref="OptionsReader"/> reads them, so that all mistakes come together.</summary>
internal sealed class CommonOptions
{
    private readonly Dictionary<string, Option<string>> _texts = new(StringComparer.Ordinal);

    private CommonOptions()
    {
    }

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Log what the services do (standard error)." };

    /// <summary>Adds --data, --config, --verbose and the options of the table to a command.</summary>
    public static CommonOptions AddTo(Command command, params IEnumerable<OptionEntry> entries)
    {
        var common = new CommonOptions();
        common.Add(command, "data", "DIR", $"The data folder. Default {DataFolder.Default()}.");
        common.Add(command, "config", "FILE", "A JSON file with options. Default tidemark.json in the data folder, if it is there.");
        foreach (var entry in entries)
            common.Add(command, entry.Name, entry.Value, entry.Help);
        command.Options.Add(common.Verbose);
        return common;
    }

    private void Add(Command command, string name, string value, string help)
    {
        var option = new Option<string>($"--{name}") { Description = help, HelpName = value };
        _texts.Add(name, option);
        command.Options.Add(option);
    }

    public LocalOptions Read(ParseResult parsed, string? data = null)
    {
        var given = Given(parsed);
        if (data is not null)
            given.TryAdd("data", data);
        return OptionsReader.Read(given, Environment.GetEnvironmentVariable);
    }

    /// <summary>Only what the command line says, for a process that was started with all of it.</summary>
    public LocalOptions ReadGiven(ParseResult parsed) => OptionsReader.Read(Given(parsed), static _ => null, readsFile: false);

    private Dictionary<string, string> Given(ParseResult parsed) => _texts
        .Select(o => (o.Key, Text: parsed.GetValue(o.Value)))
        .Where(o => o.Text is not null)
        .ToDictionary(o => o.Key, o => o.Text!, StringComparer.Ordinal);

    public bool HasData(ParseResult parsed) => parsed.GetValue(_texts["data"]) is not null;
}
