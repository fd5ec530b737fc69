using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Tidemark.Local.Configuration;

namespace Tidemark.Local.Commands;

/// <summary>The help of a command, for which alone the options' documentation is read.</summary>
internal sealed class HelpText(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public static void AddTo(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpText((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        foreach (var option in parseResult.CommandResult.Command.Options.Where(static o => o.Description is null))
            option.Description = OptionTable.Find(option.Name[2..])?.Help;
        return help.Invoke(parseResult);
    }
}
