using System.Text.RegularExpressions;

namespace Tidemark.Deploy.Tests.Images;

/// <summary>deploy/docker/Dockerfile as a list of instructions, comments and line continuations taken out.</summary>
internal static partial class Dockerfile
{
    internal static IReadOnlyList<Instruction> Instructions { get; } = Parse(RepositoryFolder.Read("deploy", "docker", "Dockerfile"));

    /// <summary>The instructions of one stage, its FROM left out.</summary>
    internal static IEnumerable<Instruction> Stage(string name) =>
        Instructions.SkipWhile(i => !(i.Name == "FROM" && i.Text.EndsWith($" AS {name}", StringComparison.Ordinal))).Skip(1).TakeWhile(i => i.Name != "FROM");

    private static List<Instruction> Parse(string text)
    {
        var joined = Continuation().Replace(Comment().Replace(text, ""), " ");
        return [.. joined.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)).Select(p => new Instruction(p[0], p[1].Trim()))];
    }

    [GeneratedRegex("^#.*\n", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continuation();

    internal sealed record Instruction(string Name, string Text)
    {
        /// <summary>Of a COPY: the stage it copies from, null for the build context.</summary>
        internal string? From => Text.StartsWith("--from=", StringComparison.Ordinal) ? Text.Split(' ')[0]["--from=".Length..] : null;

        /// <summary>Of a COPY.</summary>
        internal IReadOnlyList<string> Sources => Text.Split(' ')[(From is null ? 0 : 1)..^1];
    }
}
