using System.Reflection;
using NetArchTest.Rules;

namespace Tidemark.EndToEnd.Tests.Repository;

/// <summary>The rules of sessions are a function of what is put in: a replay that gives them the same records comes to the same state.</summary>
public sealed class RulesPurityTests
{
    private const string Rules = "Tidemark.Sessionizer.Sessions";
    private const string Loop = "Tidemark.Sessionizer.Processing";

    private static readonly Assembly Sessionizer = Assembly.Load("Sessionizer");

    [Fact]
    public void Sessions_DependOnContractsAlone()
    {
        var others = OtherTypes().Concat(OtherNamespaces()).Distinct().ToArray();
        Assert.Empty(DependingOn(Rules, others));
        Assert.NotEmpty(DependingOn(Loop, others));
    }

    [Fact]
    public void Sessions_ReadNoClockAndNoRandomNumber()
    {
        string[] impure =
        [
            "System.DateTime", "System.DateTimeOffset", "System.TimeProvider", "System.Diagnostics.Stopwatch", "System.Environment", "System.Random", "System.Guid",
            "System.Security.Cryptography", "System.Threading", "System.IO.File", "System.IO.Stream", "System.Net",
        ];
        Assert.Empty(DependingOn(Rules, impure));
        Assert.NotEmpty(DependingOn(Loop, impure));
    }

    /// <summary>What the project has besides the rules.</summary>
    private static IEnumerable<string> OtherTypes() =>
        Sessionizer.GetTypes().Where(static type => !type.IsNested && type.Namespace is { } space && space != Rules && space.StartsWith("Tidemark", StringComparison.Ordinal))
            .Select(static type => type.FullName!);

    /// <summary>What the project refers to besides Contracts and the runtime.</summary>
    private static IEnumerable<string> OtherNamespaces() =>
        Sessionizer.GetReferencedAssemblies().Where(static name => name.Name != "Contracts").SelectMany(static name => Assembly.Load(name).GetExportedTypes())
            .Select(static type => type.Namespace).OfType<string>().Where(static space => space != "System" && !space.StartsWith("System.", StringComparison.Ordinal));

    private static IEnumerable<string> DependingOn(string space, string[] names) =>
        Types.InAssembly(Sessionizer).That().ResideInNamespace(space).And().HaveDependencyOnAny(names).GetTypes().Select(static type => type.FullName!);
}
