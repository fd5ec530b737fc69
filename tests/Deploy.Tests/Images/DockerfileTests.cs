using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tidemark.Deploy.Tests.Images;

public sealed partial class DockerfileTests
{
    [SkippableFact]
    public async Task Hadolint_has_nothing_to_say()
    {
        var (status, output, error) = await Shell.RunAsync(CheckTools.PathOf("hadolint"), ["deploy/docker/Dockerfile"], RepositoryFolder.Root);
        Assert.True(status == 0, output + error);
    }

    [Fact]
    public void Base_images_are_pinned_to_the_patch()
    {
        var stages = Dockerfile.Instructions.Where(i => i.Name == "FROM").Select(i => i.Text.Split(" AS ")[1]).ToHashSet();
        var bases = Dockerfile.Instructions.Where(i => i.Name == "FROM").Select(i => i.Text.Split(" AS ")[0].Split(' ')[^1]).Where(b => !stages.Contains(b)).ToList();
        Assert.Equal(3, bases.Count);
        Assert.All(bases, image => Assert.Matches(@"^(mcr\.microsoft\.com/dotnet/(sdk|aspnet):10\.0\.[0-9]+-noble(-chiseled)?|node:[0-9]+\.[0-9]+\.[0-9]+-bookworm-slim)$", image));
    }

    [Fact]
    public void What_is_copied_exists_and_is_in_the_build_context()
    {
        var copied = Dockerfile.Stage("agents").Concat(Dockerfile.Stage("build")).Where(i => i is { Name: "COPY", From: null }).SelectMany(i => i.Sources).ToList();
        Assert.NotEmpty(copied);
        Assert.All(copied, path =>
        {
            Assert.True(File.Exists(RepositoryFolder.PathOf(path)) || Directory.Exists(RepositoryFolder.PathOf(path)), $"{path} does not exist");
            Assert.True(BuildContext.Has(path), $"{path} is left out by .dockerignore");
        });
    }

    [Fact]
    public void Every_project_of_the_three_services_is_there_when_packages_are_restored()
    {
        var copied = Dockerfile.Stage("build").Where(i => i.Name == "COPY").SelectMany(i => i.Sources).Where(s => RestoreInput().IsMatch(s));
        var closure = Closure("services/Cluster.Collector", "services/Cluster.Sessionizer", "services/Cluster.Aggregator");
        var locks = closure.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal)).Select(f => $"{Path.GetDirectoryName(f)}/packages.lock.json");
        Assert.Equal(new[] { "Directory.Build.targets" }.Concat(closure).Concat(locks).Order(StringComparer.Ordinal), copied.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("collector", 8080)]
    [InlineData("sessionizer", 8081)]
    [InlineData("aggregator", 8082)]
    public void A_target_runs_its_service_and_asks_it_for_its_health(string target, int port)
    {
        var stage = Dockerfile.Stage(target).ToLookup(i => i.Name, i => i.Text);
        Assert.Equal([$"--from=build /out/{target} ./"], stage["COPY"]);
        Assert.Equal([port.ToString()], stage["EXPOSE"]);
        Assert.Equal([$"""["dotnet", "tidemark-{target}.dll"]"""], stage["ENTRYPOINT"]);
        Assert.EndsWith($"""CMD ["dotnet", "tidemark-{target}.dll", "health"]""", stage["HEALTHCHECK"].Single(), StringComparison.Ordinal);
        var service = Compose.ComposeFile.Default.Services[target];
        Assert.Equal(target, service.Build!.Target);
        Assert.Equal(["CMD", "dotnet", $"tidemark-{target}.dll", "health"], service.Healthcheck!.Test);
    }

    [Fact]
    public void Secrets_tests_and_build_results_stay_out_of_the_build_context()
    {
        Assert.DoesNotContain(
            BuildContext.Files(),
            path => Path.GetFileName(path) is ".env" or "docker-compose.yml" || path.StartsWith("tests/", StringComparison.Ordinal) || Built().IsMatch(path));
        Assert.False(BuildContext.Has(".env"));
        Assert.False(BuildContext.Has("services/Collector/obj/project.assets.json"));
        Assert.False(BuildContext.Has("services/ClickHouse.Embedded/engine/node_modules/x/y"));
    }

    private static SortedSet<string> Closure(params string[] folders)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(folders.Select(f => $"{f}/{Path.GetFileName(f)}.csproj"));
        while (open.TryDequeue(out var project))
        {
            if (!found.Add(project))
                continue;
            var folder = Path.GetDirectoryName(RepositoryFolder.PathOf(project))!;
            var content = XDocument.Load(RepositoryFolder.PathOf(project));
            foreach (var reference in content.Descendants("ProjectReference").Attributes("Include").Concat(content.Descendants("Import").Attributes("Project")))
                open.Enqueue(Path.GetRelativePath(RepositoryFolder.Root, Path.GetFullPath(Path.Combine(folder, reference.Value))).Replace('\\', '/'));
        }
        return found;
    }

    [GeneratedRegex(@"\.(csproj|targets)$|packages\.lock\.json$")]
    private static partial Regex RestoreInput();

    [GeneratedRegex("/(bin|obj|node_modules)/")]
    private static partial Regex Built();
}
