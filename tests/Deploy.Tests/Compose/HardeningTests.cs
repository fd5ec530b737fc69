using System.Text.RegularExpressions;

namespace Tidemark.Deploy.Tests.Compose;

public sealed partial class HardeningTests
{
    /// <summary>Ends after its work; everything else stays.</summary>
    private const string OneShot = "prepare";

    public static TheoryData<string> Services => [.. ComposeFile.Default.Services.Keys];

    public static TheoryData<string> Lasting => [.. ComposeFile.Default.Services.Keys.Where(name => name != OneShot)];

    [Theory]
    [MemberData(nameof(Services))]
    public void Nothing_is_writable_and_no_right_can_be_gained(string name)
    {
        var service = ComposeFile.Default.Services[name];
        Assert.True(service.ReadOnly);
        Assert.Equal(["ALL"], service.CapDrop);
        Assert.Equal(["no-new-privileges:true"], service.SecurityOpt);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Limits_hold_for_memory_processors_and_processes(string name)
    {
        var limits = ComposeFile.Default.Services[name].Deploy!.Resources.Limits;
        Assert.Equal(["cpus", "memory", "pids"], limits.Keys.Order());
        // Docker refuses more than the machine has, and two is what the smallest ones have.
        Assert.InRange(double.Parse(limits["cpus"]), 0.1, 2);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Output_is_bounded(string name)
    {
        var log = ComposeFile.Default.Services[name].Logging!;
        Assert.Equal("json-file", log.Driver);
        Assert.Equal(["max-file", "max-size"], log.Settings.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void The_image_is_pinned_to_a_version(string name)
    {
        var service = ComposeFile.Default.Services[name];
        if (service.Build is null)
            Assert.Matches(PinnedTag(), service.Image);
        else
            Assert.True(service is { PullPolicy: "build" } && service.Image.EndsWith(":local", StringComparison.Ordinal), "an image of ours must never be fetched under its name");
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public void It_is_watched_started_again_and_given_time_to_stop(string name)
    {
        var service = ComposeFile.Default.Services[name];
        Assert.Equal("unless-stopped", service.Restart);
        Assert.Equal("CMD", service.Healthcheck!.Test[0]);
        Assert.All([service.Healthcheck.Interval, service.Healthcheck.Timeout, service.Healthcheck.StartPeriod, service.StopGracePeriod], time => Assert.Matches("^[0-9]+s$", time));
        // The services' own limit is 30 s, and a kill before it would make a clean stop a crash.
        Assert.InRange(int.Parse(service.StopGracePeriod.TrimEnd('s')), service.Build is null ? 30 : 35, 120);
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public void It_does_not_run_as_root(string name)
    {
        var service = ComposeFile.Default.Services[name];
        if (service.Build is null)
            Assert.Matches("^[1-9][0-9]*:[0-9]+$", service.User);
        else
            Assert.Matches("(?m)^USER [1-9][0-9]*:[1-9][0-9]*$", RepositoryFolder.Read(service.Build.Dockerfile));
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public void It_waits_for_the_health_of_what_it_needs(string name) =>
        Assert.All(
            ComposeFile.Default.Services[name].DependsOn,
            d => Assert.Equal(d.Key == OneShot ? "service_completed_successfully" : "service_healthy", d.Value.Condition));

    [Theory]
    [MemberData(nameof(Lasting))]
    public void Who_mounts_what_is_prepared_waits_for_it(string name)
    {
        var service = ComposeFile.Default.Services[name];
        if (service.Volumes.Any(v => v.Type == "volume"))
            Assert.Contains(OneShot, service.DependsOn.Keys);
    }

    [GeneratedRegex(@":v?[0-9]+\.[0-9]+\.[0-9]+(\.[0-9]+)?(-[a-z0-9.]+)?$")]
    private static partial Regex PinnedTag();
}
