using System.Collections;
using System.CommandLine;
using Tidemark.Local.Configuration;

namespace Tidemark.Local.Commands;

/// <summary>The options of <see cref="OptionTable"/> that a command takes. They are texts here: <see cref="OptionsReader"/> reads them, so that all mistakes come together.</summary>
internal sealed class CommonOptions
{
    private readonly Dictionary<string, Option<string>> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Option<bool>> _flags = new(StringComparer.Ordinal);

    private CommonOptions()
    {
    }

    /// <summary>Adds --data, --config, --verbose and further options to a command; what they are is told by <see cref="HelpText"/>.</summary>
    public static CommonOptions AddTo(Command command, params IEnumerable<LocalOption> options)
    {
        var common = new CommonOptions();
        var data = OptionTable.Own(nameof(LocalOptions.Data));
        common.Add(command, data.Name, "DIR", $"The data folder. Default {DataFolder.Default()}.");
        common.Add(command, OptionsReader.Config, "FILE", $"A JSON file with options. Default {SettingsFile.UsualName} in the data folder, if it is there.");
        var others = options.Append(OptionTable.Own(nameof(LocalOptions.Verbose))).Where(o => o != data && !o.IsSecret).Distinct();
        foreach (var option in others)
        {
            if (option.IsFlag)
                common.AddFlag(command, option);
            else
                common.Add(command, option.Name, option.Value, null);
        }
        return common;
    }

    private void AddFlag(Command command, LocalOption option)
    {
        var flag = new Option<bool>(option.OnCommandLine);
        _flags.Add(option.Name, flag);
        command.Options.Add(flag);
    }

    private void Add(Command command, string name, string value, string? help)
    {
        var option = new Option<string>($"--{name}") { Description = help, HelpName = value };
        _texts.Add(name, option);
        command.Options.Add(option);
    }

    public LocalOptions Read(ParseResult parsed, string? data = null)
    {
        var given = Given(parsed);
        if (data is not null)
            given.TryAdd(OptionTable.Data, data);
        var options = OptionsReader.Read(given, Variables());
        if (options.Warning is { } warning)
            Console.Error.WriteLine(warning);
        return options;
    }

    /// <summary>Only what the command line says, for a process that was started with all of it.</summary>
    public LocalOptions ReadGiven(ParseResult parsed) => OptionsReader.Read(Given(parsed), new Dictionary<string, string>(), readsFile: false);

    private Dictionary<string, string> Given(ParseResult parsed)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, option) in _texts)
        {
            if (parsed.GetValue(option) is { } text)
                given.Add(name, text);
        }
        foreach (var (name, option) in _flags)
        {
            if (parsed.GetResult(option) is { Implicit: false })
                given.Add(name, parsed.GetValue(option) ? "true" : "false");
        }
        return given;
    }

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(static v => (string)v.Key, static v => (string?)v.Value ?? "", StringComparer.Ordinal);

    public bool HasData(ParseResult parsed) => parsed.GetValue(_texts[OptionTable.Data]) is not null;
}
