using System.CommandLine;
using System.CommandLine.Parsing;
using Tidemark.Local.Configuration;
using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.Local.Commands;

/// <summary>What is wrong with a command line, with the option that somebody probably meant.</summary>
internal static class UnknownOption
{
    public static IEnumerable<string> Lines(ParseResult parsed)
    {
        var unknown = parsed.Tokens.Where(static token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal)).Select(static token => token.Value.Split('=')[0]).ToList();

        foreach (var typed in unknown)
            yield return Line(typed, parsed.CommandResult.Command);
        // The value of such an option would be one more mistake, which is none.
        foreach (var error in unknown.Count > 0 ? [] : parsed.Errors)
            yield return Quoted.Text(error.Message, 300);
    }

    private static string Line(string typed, Command command)
    {
        var option = OptionTable.All.FirstOrDefault(o => o.OnCommandLine == typed);
        if (option is { IsSecret: true })
            return $"{typed} is a secret, which the command line would show to everybody on this machine: give it as {option.InEnvironment} or as {option.InFile} in the configuration file, or the path of a file with it as {typed}-file";
        return option is not null
            ? $"{typed} is not an option of '{command.Name}'; see --help"
            : $"{Quoted.Text(typed)} is no option of '{command.Name}'{Nearest.Hint(typed, command.Options.Select(static o => o.Name), static name => name)}";
    }
}
