using System.Reflection;
using NetArchTest.Rules;
using Tidemark.EndToEnd.Tests.Product;

namespace Tidemark.EndToEnd.Tests.Repository;

/// <summary>Which folder of a project names which other one, as the section "Folders" of ARCHITECTURE.md lists it; no two name each other, directly or around.</summary>
public sealed class ArrowTests
{
    private const string Heading = "## Folders";

    [Theory]
    [InlineData("Collector", "Tidemark.Collector")]
    [InlineData("Sessionizer", "Tidemark.Sessionizer")]
    [InlineData("Aggregator", "Tidemark.Aggregator")]
    [InlineData("tidemark", "Tidemark.Local")]
    [InlineData("ClickHouse.Embedded", "Tidemark.ClickHouse.Embedded")]
    [InlineData("EventLog.RocksDb", "Tidemark.EventLog.RocksDb")]
    [InlineData("EventLog.Kafka", "Tidemark.EventLog.Kafka")]
    [InlineData("ServiceDefaults", "Tidemark.ServiceDefaults")]
    [InlineData("Contracts", "Tidemark.Contracts")]
    public void Folders_NameThoseThatAreListed(string assembly, string root)
    {
        var project = root["Tidemark.".Length..];
        var found = string.Join('\n', Found(Assembly.Load(assembly), root).Select(arrow => $"{project}/{arrow}"));
        Assert.True(found == string.Join('\n', Lines().Where(line => line.StartsWith($"{project}/", StringComparison.Ordinal))), $"ARCHITECTURE.md does not list what there is:\n{found}");
    }

    [Fact]
    public void Folders_InNoCircle()
    {
        var arrows = Lines().Select(static line => line.Split(": ")).ToDictionary(static parts => parts[0], static parts => parts[1].Split(' ').Select(to => $"{parts[0].Split('/')[0]}/{to}").ToList());
        var done = new HashSet<string>();
        var open = new List<string>();
        foreach (var folder in arrows.Keys)
            Visit(folder);

        void Visit(string folder)
        {
            Assert.False(open.Contains(folder), $"a circle: {string.Join(" > ", open)} > {folder}");
            if (!done.Add(folder))
                return;
            open.Add(folder);
            foreach (var next in arrows.GetValueOrDefault(folder, []))
            {
                Assert.False(open.Contains(next), $"a circle: {string.Join(" > ", open)} > {next}");
                Visit(next);
            }
            open.Remove(folder);
        }
    }

    private static IEnumerable<string> Found(Assembly assembly, string root)
    {
        var folders = assembly.GetTypes().Select(static type => type.Namespace ?? "").Where(space => space.StartsWith(root + ".", StringComparison.Ordinal))
            .Select(space => space[(root.Length + 1)..].Split('.')[0]).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var folder in folders)
        {
            var named = folders.Where(other => other != folder && Names(assembly, $"{root}.{folder}", $"{root}.{other}")).ToList();
            if (named.Count > 0)
                yield return $"{folder}: {string.Join(' ', named)}";
        }
    }

    private static bool Names(Assembly assembly, string folder, string other) =>
        !Types.InAssembly(assembly).That().ResideInNamespaceMatching($@"^{folder.Replace(".", @"\.")}(\.|$)").ShouldNot().HaveDependencyOn(other).GetResult().IsSuccessful;

    private static IEnumerable<string> Lines() =>
        File.ReadLines(RepositoryFolder.PathOf("ARCHITECTURE.md"))
            .SkipWhile(static line => line != Heading).SkipWhile(static line => !line.StartsWith("```", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(static line => !line.StartsWith("```", StringComparison.Ordinal));
}
