using System.Text;

namespace Tidemark.EventLog.Tests.Contract;

public abstract partial class EventLogContract
{
    /// <summary>Each kill is at a random moment; TIDEMARK_TEST_KILLS makes a long run of it.</summary>
    private static int Kills { get; } = int.TryParse(Environment.GetEnvironmentVariable("TIDEMARK_TEST_KILLS"), out var kills) ? kills : 6;

    [SkippableFact]
    public async Task What_was_acknowledged_survives_kill_9()
    {
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        var acknowledged = new Dictionary<(int Partition, long Offset), string>();
        await using (await OpenAsync(Events, Sessions, State))
        {
        }
        for (var kill = 0; kill < Kills; kill++)
        {
            using (var host = HostProcess.Start(["produce", .. HostArguments, random.Next(1_000_000).ToString()]))
            {
                await ReadAcknowledgedAsync(host, random.Next(20, 4_000), acknowledged, seed);
                var rest = host.Output.ReadToEndAsync();
                await Task.Delay(random.Next(30));
                await host.KillAsync();
                Remember(await rest, acknowledged, seed);
            }

            await using var log = await OpenAsync(Events, Sessions, State);
            var held = new Dictionary<(int, long), string>();
            for (var partition = 0; partition < Events.Partitions; partition++)
            {
                foreach (var record in await log.ReadAllAsync(Events.Name, partition))
                    held.Add((partition, record.Offset), record.Value);
            }
            foreach (var (place, value) in acknowledged)
                Assert.True(held.TryGetValue(place, out var found) && found == value, $"acknowledged {place} is lost or changed after kill {kill}; seed {seed}");
            var twice = held.Values.CountBy(value => value).FirstOrDefault(pair => pair.Value > 1);
            Assert.True(twice.Key is null, $"{twice.Key} is there {twice.Value} times; seed {seed}");
        }
        Assert.True(acknowledged.Count > 20 * Kills);
    }

    [SkippableFact]
    public async Task Transactions_are_whole_or_absent_after_kill_9()
    {
        const int PerPartition = 3_000;
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        await using (var log = await OpenAsync(Events, Sessions, State))
        {
            for (var partition = 0; partition < Events.Partitions; partition++)
                await log.AppendAsync(Events.Name, partition, Enumerable.Range(0, PerPartition).Select(n => n.ToString()));
        }
        for (var kill = 0; kill < Kills; kill++)
        {
            using (var host = HostProcess.Start(["transact", .. HostArguments, random.Next(1_000_000).ToString()]))
            {
                await host.WaitForLineAsync("working", Timeout);
                await Task.Delay(random.Next(10, 350));
                await host.KillAsync();
            }
            await using var log = await OpenAsync(Events, Sessions, State);
            await CheckTransactionsAsync(log, $"kill {kill}, seed {seed}");
        }
        // Undisturbed to the end: nothing is missing then, whatever happened on the way.
        using (var host = HostProcess.Start(["transact", .. HostArguments, "1"]))
        {
            for (var partition = 0; partition < Events.Partitions; partition++)
                await host.WaitForLineAsync("working", Timeout);
            await Task.Delay(500);
            await host.KillAsync();
        }
        await using (var log = await OpenAsync(Events, Sessions, State))
        {
            await CheckTransactionsAsync(log, $"the end, seed {seed}");
            Assert.All(await PositionsAsync(log, "sessionizer"), position => Assert.True(position > 0, $"nothing was processed; seed {seed}"));
        }
    }

    /// <summary>Every event before a position has its three outputs exactly once and in order; no event after it has any.</summary>
    private async Task CheckTransactionsAsync(IEventLog log, string when)
    {
        var positions = await PositionsAsync(log, "sessionizer");
        var inputs = new List<string>[Events.Partitions];
        for (var partition = 0; partition < Events.Partitions; partition++)
        {
            inputs[partition] = [.. (await log.ReadAllAsync(Events.Name, partition))
                .Where(record => record.Offset < positions[partition]).Select(record => $"{partition}:{record.Offset}")];
        }
        for (var partition = 0; partition < Sessions.Partitions; partition++)
        {
            var sessions = await log.ReadValuesAsync(Sessions.Name, partition);
            foreach (var source in (int[])[partition, (partition + 3) % 4])
                Same(inputs[source], sessions.Where(value => value.StartsWith($"{source}:")), $"sessions/{partition} from {source}, {when}");
            Assert.Equal(sessions.Count, inputs[partition].Count + inputs[(partition + 3) % 4].Count);
        }
        for (var partition = 0; partition < State.Partitions; partition++)
        {
            var state = await log.ReadValuesAsync(State.Name, partition);
            foreach (var source in (int[])[partition, partition + 2])
                Same(inputs[source], state.Where(value => value.StartsWith($"{source}:")), $"state/{partition} from {source}, {when}");
        }

        static void Same(IEnumerable<string> expected, IEnumerable<string> actual, string where) =>
            Assert.True(expected.SequenceEqual(actual), $"{where}: {expected.Count()} expected, {actual.Count()} there");
    }

    private async Task<long[]> PositionsAsync(IEventLog log, string group)
    {
        var positions = new long[Events.Partitions];
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Timeout);
        var left = positions.Length;
        await log.RunGroupAsync(group, [Events.Name], async (owner, _) =>
        {
            positions[owner.Partition.Partition] = owner.Position;
            if (Interlocked.Decrement(ref left) == 0)
                await leave.CancelAsync();
        }, leave.Token);
        return positions;
    }

    private async Task ReadAcknowledgedAsync(HostProcess host, int lines, Dictionary<(int Partition, long Offset), string> acknowledged, int seed)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines; i++)
        {
            if (await host.Output.ReadLineAsync(Timeout) is not { } line)
            {
                await host.KillAsync();
                return;
            }
            text.Append(line).Append('\n');
        }
        Remember(text.ToString(), acknowledged, seed);
    }

    /// <summary>Lines that end; the last one may have been cut by the kill.</summary>
    private static void Remember(string output, Dictionary<(int Partition, long Offset), string> acknowledged, int seed)
    {
        foreach (var line in output[..(output.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            Assert.True(acknowledged.TryAdd((int.Parse(parts[0]), long.Parse(parts[1])), parts[2]), $"offset given twice: {line}; seed {seed}");
        }
    }
}
