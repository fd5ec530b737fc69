namespace Tidemark.Deploy.Tests.Compose;

public sealed class PathTests
{
    [Fact]
    public void Everything_that_is_mounted_exists()
    {
        var mounts = ComposeFile.Default.Services.SelectMany(s => s.Value.Volumes).Where(v => v.Type == "bind").ToList();
        Assert.NotEmpty(mounts);
        Assert.All(mounts, mount =>
        {
            var path = RepositoryFolder.PathOf(mount.Source);
            Assert.True(mount.ReadOnly, $"{mount.Source} is mounted writable");
            Assert.True(File.Exists(path) || Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(), $"{mount.Source} does not exist or is empty");
        });
    }

    [Fact]
    public void Every_volume_is_declared_and_used()
    {
        var used = ComposeFile.Default.Services.SelectMany(s => s.Value.Volumes).Where(v => v.Type == "volume").Select(v => v.Source).Distinct();
        Assert.Equal(ComposeFile.Default.Content.Volumes.Keys.Order(), used.Order());
    }

    [Fact]
    public void Scripts_are_where_the_containers_look_for_them()
    {
        foreach (var service in ComposeFile.Default.Services.Values)
        {
            foreach (var script in service.Entrypoint.Concat(service.Command).Where(word => word.EndsWith(".sh", StringComparison.Ordinal) && !word.Contains(' ')))
            {
                var mount = service.Volumes.Single(v => v.Type == "bind" && script.StartsWith(v.Target, StringComparison.Ordinal));
                Assert.True(File.Exists(RepositoryFolder.PathOf(mount.Source) + script[mount.Target.Length..]), script);
            }
        }
    }

    [Fact]
    public void Prometheus_finds_its_configuration_and_alerts()
    {
        var prometheus = ComposeFile.Default.Services["prometheus"];
        var file = prometheus.Command.Single(c => c.StartsWith("--config.file=", StringComparison.Ordinal))["--config.file=".Length..];
        var mount = prometheus.Volumes.Single(v => v.Type == "bind");
        Assert.True(File.Exists(RepositoryFolder.PathOf(mount.Source) + file[mount.Target.Length..]), file);
    }
}
