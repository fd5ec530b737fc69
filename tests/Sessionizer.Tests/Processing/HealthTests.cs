using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Processing;
using Tidemark.Sessionizer.Tests.Simulation;

namespace Tidemark.Sessionizer.Tests.Processing;

public sealed class HealthTests
{
    private static readonly TopicPartition _first = new(Topics.Events, 0);
    private static readonly TopicPartition _second = new(Topics.Events, 1);
    private readonly MemoryLog _log = new(new VirtualTime());
    private readonly SessionizerStatus _status;

    public HealthTests() => _status = new SessionizerStatus(TimeProvider.System, _log);

    [Fact]
    public async Task Ready_OnlyWhenEveryPartitionThatTheGroupGaveIsRebuilt()
    {
        Assert.Contains("waits for the group", await WhyNotAsync());
        _log.Assigned = [_first, _second];
        var first = _status.Enter(_first);
        first.Runs();
        Assert.Equal("events/1 is taken over", await WhyNotAsync());
        var second = _status.Enter(_second);
        Assert.Contains("events/1 is replaying", await WhyNotAsync());
        second.Runs();
        Assert.Null(await WhyNotAsync());
        second.Stop("something");
        Assert.Equal("events/1 stopped: something", await WhyNotAsync());
    }

    [Fact]
    public async Task Ready_WithoutAnyPartition_WhenTheGroupSaysThatThereIsNone()
    {
        _log.Assigned = [];
        Assert.Null(await WhyNotAsync());
    }

    private async Task<string?> WhyNotAsync()
    {
        var check = new SessionizerHealth(_status, _log);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("sessionizer", check, HealthStatus.Unhealthy, null) };
        var result = await check.CheckHealthAsync(context);
        Assert.Equal(result.Status == HealthStatus.Healthy, result.Description is null);
        return result.Description;
    }
}
