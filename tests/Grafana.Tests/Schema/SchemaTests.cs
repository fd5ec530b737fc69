
namespace Tidemark.Grafana.Tests.Schema;

/// <summary>The files against the types that Grafana publishes: a misspelt field or an unknown value would be ignored in silence by Grafana itself.</summary>
public sealed class SchemaTests : IDisposable
{
    private static readonly string Node = RepositoryFolder.PathOf("tests", "Grafana.Tests", "Schema", "node");

    private readonly string _out = Directory.CreateTempSubdirectory("tidemark-grafana-schema-").FullName;

    public void Dispose() => Directory.Delete(_out, recursive: true);

    [SkippableFact]
    public async Task Dashboards_pass_the_type_check_and_a_misspelt_field_does_not()
    {
        await InstallAsync();
        var files = await Shell.RunAsync("node", [Path.Combine(Node, "check.mjs"), DeployFolders.Dashboards, Path.Combine(_out, "files")]);
        Assert.True(files.Status == 0, files.Out + files.Error);
        Assert.Contains($"{Directory.GetFiles(DeployFolders.Dashboards, "*.json").Length} dashboards checked", files.Out, StringComparison.Ordinal);

        foreach (var (right, wrong) in new[] { ("\"refresh\":", "\"refersh\":"), ("\"graphMode\": \"none\"", "\"graphMode\": \"nothing\""), ("\"gridPos\":", "\"gridPosition\":"), ("\"rawSql\":", "\"sql\":") })
        {
            var folder = Directory.CreateDirectory(Path.Combine(_out, "wrong")).FullName;
            var text = await File.ReadAllTextAsync(Path.Combine(DeployFolders.Dashboards, "overview.json"));
            Assert.Contains(right, text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder, "overview.json"), text.Replace(right, wrong, StringComparison.Ordinal));
            var run = await Shell.RunAsync("node", [Path.Combine(Node, "check.mjs"), folder, Path.Combine(_out, "wrong-out")]);
            Assert.True(run.Status != 0, $"{wrong} went unnoticed");
            Assert.Contains("error TS", run.Out, StringComparison.Ordinal);
        }
    }

    private static async Task InstallAsync()
    {
        Skip.IfNot(Shell.Has("npm"), "no npm: install Node.js 18 or later");
        var install = await Shell.RunAsync("npm", ["ci", "--no-audit", "--no-fund"], Node);
        Skip.IfNot(install.Status == 0, "npm cannot install @grafana/schema and typescript here, give it a package registry: " + install.Error);
    }
}
