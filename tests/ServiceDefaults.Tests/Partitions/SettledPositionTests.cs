using Microsoft.Extensions.Time.Testing;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.ServiceDefaults.Tests.Partitions;

public sealed class SettledPositionTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MeasuredLog _log = new();
    private readonly SettledPosition _settled;

    public SettledPositionTests() => _settled = new SettledPosition(_log, "g", new TopicPartition("t", 0), TimeSpan.FromMinutes(2), _time);

    [Fact]
    public async Task A_position_counts_when_it_is_old_enough()
    {
        Assert.Null(await AskAsync(0, 10));
        Assert.Null(await AskAsync(60, 20));
        Assert.Equal(10, await AskAsync(60, 30));
        Assert.Equal(20, await AskAsync(60, 40));
        Assert.Equal(40, await AskAsync(600, 50));
    }

    [Fact]
    public async Task Set_back_everything_is_loaded_anew()
    {
        await AskAsync(0, 10);
        Assert.Equal(10, await AskAsync(120, 20));
        Assert.Null(await AskAsync(1, 5));
        Assert.Equal(5, await AskAsync(120, 30));
    }

    [Fact]
    public async Task Without_a_position_nothing_is_known()
    {
        await AskAsync(0, 10);
        Assert.Null(await AskAsync(120, null));
        Assert.Null(await AskAsync(1, 10));
    }

    private async Task<long?> AskAsync(int secondsLater, long? position)
    {
        _time.Advance(TimeSpan.FromSeconds(secondsLater));
        _log.Position = position;
        return await _settled.AskAsync(CancellationToken.None);
    }
}
