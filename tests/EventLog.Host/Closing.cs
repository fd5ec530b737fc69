using System.Diagnostics.Metrics;
using Tidemark.EventLog.RocksDb;

namespace Tidemark.EventLog.Host;

/// <summary>
/// Opens and closes a log again and again while everything that can be asked of it is being asked, also by callers that have given up. In a process of its own, since
/// native code that is called with an object already freed ends the process.
/// </summary>
internal static class Closing
{
    private const int Partitions = 4;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    internal static async Task<int> RunAsync(string place, int rounds)
    {
        var random = new Random(rounds);
        using var meters = new MeterListener { InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        meters.Start();
        for (var round = 1; round <= rounds; round++)
        {
            var log = await HostLog.OpenAsync(place);
            using var end = new CancellationTokenSource();
            Func<int, Task>[] uses =
            [
                partition => AskAsync(log, partition), partition => GiveUpAsync(log, partition), partition => AppendAsync(log, partition),
                partition => ReadAsync(log, partition), partition => ReadBeyondAsync(log, partition), _ => JoinAsync(log), _ => LookAsync(log, meters),
            ];
            var running = uses.SelectMany(use => Enumerable.Range(0, Partitions).Select(partition => KeepOnAsync(() => use(partition), end.Token))).ToArray();
            await Task.Delay(random.Next(50, 400));
            await log.DisposeAsync().AsTask().WaitAsync(_patience);
            // Some begin only now.
            await Task.Delay(50);
            await end.CancelAsync();
            await Task.WhenAll(running).WaitAsync(_patience);
            Console.WriteLine($"closed {round}");
        }
        return 0;
    }

    /// <summary>On a pool thread, like any service.</summary>
    private static Task KeepOnAsync(Func<Task> use, CancellationToken end) => Task.Run(async () =>
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await use();
            }
            catch (Exception refused) when (refused is ObjectDisposedException or OperationCanceledException or LogUnavailableException or LogFencedException or LogTransactionAbortedException)
            {
                await Task.Delay(1, CancellationToken.None);
            }
        }
    }, CancellationToken.None);

    private static async Task AskAsync(IEventLog log, int partition)
    {
        var range = await log.RangeAsync(new(HostLog.Events, partition), CancellationToken.None);
        await log.PositionAsync("closing", new(HostLog.Events, partition), CancellationToken.None);
        await log.ExpiredAsync(new(HostLog.Events, partition), CancellationToken.None);
        await log.TrimAsync(new(HostLog.Events, partition), range.Start + (range.End - range.Start) / 2, CancellationToken.None);
    }

    /// <summary>What it asked for goes on without it.</summary>
    private static async Task GiveUpAsync(IEventLog log, int partition)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(2));
        await log.RangeAsync(new(HostLog.Events, partition), soon.Token);
    }

    private static async Task AppendAsync(IEventLog log, int partition)
    {
        using var request = log.NewAppend(HostLog.Events);
        for (var i = 0; i < 20; i++)
            request.AddTo(partition, "key"u8, new byte[100], 1_000);
        await log.AppendAsync(request, CancellationToken.None);
    }

    private static async Task ReadAsync(IEventLog log, int partition)
    {
        using var reader = log.OpenReader(new(HostLog.Events, partition), (await log.RangeAsync(new(HostLog.Events, partition), CancellationToken.None)).Start);
        try
        {
            for (var i = 0; i < 20; i++)
                await reader.ReadAsync(TimeSpan.FromMilliseconds(10), CancellationToken.None);
        }
        catch (LogOffsetOutOfRangeException)
        {
            // Trimmed meanwhile.
        }
    }

    private static async Task ReadBeyondAsync(IEventLog log, int partition)
    {
        using var reader = log.OpenReader(new(HostLog.Events, partition), long.MaxValue / 2);
        try
        {
            await reader.ReadAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
        catch (LogOffsetOutOfRangeException)
        {
            // As it has to be.
        }
    }

    private static Task JoinAsync(IEventLog log) => log.RunGroupAsync("closing", [HostLog.Events], async (owner, lost) =>
    {
        while (!lost.IsCancellationRequested)
        {
            using var transaction = owner.Begin();
            transaction.Append(new(HostLog.State, 0), "key"u8, "value"u8, 1_000);
            await transaction.CommitAsync(owner.Position, CancellationToken.None);
        }
    }, CancellationToken.None);

    /// <summary>What runs beside the data: metrics, retention, health.</summary>
    private static async Task LookAsync(IEventLog log, MeterListener meters)
    {
        meters.RecordObservableInstruments();
        if (log is RocksDbEventLog local)
            await local.RunRetentionAsync(CancellationToken.None);
        if (log is Kafka.KafkaEventLog cluster)
            await cluster.WhyUnavailableAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        await Task.Delay(1);
    }
}
