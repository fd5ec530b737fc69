using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tidemark.Deploy.Tests.Services;
using Tidemark.ServiceDefaults;

namespace Tidemark.Deploy.Tests.Release;

/// <summary>There is one version: what the build files name, the programs show and the changelog describes.</summary>
public sealed partial class VersionTests
{
    private static string Named { get; } = XDocument.Load(RepositoryFolder.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

    [Theory]
    [InlineData("collector")]
    [InlineData("sessionizer")]
    [InlineData("aggregator")]
    public async Task A_program_shows_it(string service)
    {
        var (status, output, error) = await Shell.RunAsync("dotnet", [Programs.Of(service), "--version"]);
        Assert.True(status == 0, error);
        Assert.Equal($"tidemark-{service} {Named}\n", output);
    }

    [Fact]
    public void Health_metrics_and_traces_show_it() => Assert.Equal(Named, ProductVersion.Text);

    [Fact]
    public void The_changelog_has_it_with_its_date() => Assert.Contains(Named, Heading().Matches(RepositoryFolder.Read("CHANGELOG.md")).Select(heading => heading.Groups[1].Value));

    [GeneratedRegex(@"^## \[([0-9.]+)\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
