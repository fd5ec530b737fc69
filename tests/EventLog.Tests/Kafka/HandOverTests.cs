using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.Tests.Contract;
using Tidemark.Kafka.Testing;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>Owners in processes of their own that stop, sleep and wake up while another takes over.</summary>
public sealed class HandOverTests : IAsyncLifetime
{
    private const int PerPartition = 2_000;
    private readonly string _prefix = KafkaServer.NewPrefix();
    private KafkaServer _server = null!;

    [SkippableFact]
    public async Task An_owner_that_sleeps_is_fenced_when_it_wakes_up()
    {
        Skip.If(_server.Why is not null, _server.Why);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        await FillAsync();
        using var sleeper = HostProcess.Start("transact", Place, "1");
        await sleeper.WaitForLineAsync("working", limit.Token);
        await SignalAsync(sleeper, "STOP");
        using var heir = HostProcess.Start("transact", Place, "2");
        // Given to it when the session of the sleeper has ended.
        await heir.WaitForLineAsync("working", limit.Token);
        await SignalAsync(sleeper, "CONT");
        await Task.Delay(TimeSpan.FromSeconds(2), limit.Token);
        await WaitForTheEndAsync(limit.Token);
        // It goes on as a member like any other.
        await sleeper.KillAsync();
        await heir.KillAsync();
        await CheckAsync();
    }

    [SkippableFact]
    public async Task Members_that_come_and_go_lose_and_double_nothing()
    {
        Skip.If(_server.Why is not null, _server.Why);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        await FillAsync();
        using var first = HostProcess.Start("transact", Place, "1");
        await first.WaitForLineAsync("working", limit.Token);
        using var second = HostProcess.Start("transact", Place, "2");
        await second.WaitForLineAsync("working", limit.Token);
        await first.KillAsync();
        using var third = HostProcess.Start("transact", Place, "3");
        await third.WaitForLineAsync("working", limit.Token);
        await SignalAsync(second, "TERM");
        await WaitForTheEndAsync(limit.Token);
        await third.KillAsync();
        await CheckAsync();
    }

    public async Task InitializeAsync() => _server = await KafkaServer.FindAsync();

    public async Task DisposeAsync()
    {
        if (_server.Why is null)
            await _server.DeleteTopicsAsync(_prefix);
    }

    private string Place => $"kafka:{_server.BootstrapServers}/{_prefix}";

    private static async Task SignalAsync(HostProcess host, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", host.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private async Task<KafkaEventLog> OpenAsync()
    {
        var log = KafkaEventLog.Create(
            new KafkaLogOptions { BootstrapServers = _server.BootstrapServers!, TopicPrefix = _prefix },
            [new("events", 4), new("sessions", 4), new("state", 2) { Compacted = true }], TimeProvider.System, NullLogger.Instance);
        await log.Checked;
        return log;
    }

    private async Task FillAsync()
    {
        await using var log = await OpenAsync();
        for (var partition = 0; partition < 4; partition++)
            await log.AppendAsync("events", partition, Enumerable.Range(0, PerPartition).Select(n => n.ToString()));
    }

    private async Task WaitForTheEndAsync(CancellationToken cancellation)
    {
        await using var log = await OpenAsync();
        for (var partition = 0; partition < 4; partition++)
        {
            using var reader = log.OpenReader(new TopicPartition("sessions", partition), 0);
            for (var left = 2 * PerPartition; left > 0; left -= reader.Records.Count)
            {
                while (!await reader.ReadAsync(TimeSpan.FromSeconds(1), cancellation))
                {
                }
            }
        }
    }

    /// <summary>What the host writes for each event is there once and in order, from whichever process it came.</summary>
    private async Task CheckAsync()
    {
        await using var log = await OpenAsync();
        for (var partition = 0; partition < 4; partition++)
        {
            var values = await log.ReadValuesAsync("sessions", partition);
            foreach (var source in (int[])[partition, (partition + 3) % 4])
            {
                Assert.Equal(
                    Enumerable.Range(0, PerPartition).Select(n => $"{source}:{n}"), values.Where(value => value.StartsWith($"{source}:", StringComparison.Ordinal)));
            }
        }
    }
}
