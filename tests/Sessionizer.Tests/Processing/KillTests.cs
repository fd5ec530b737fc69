using Tidemark.Contracts;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Host;
using Tidemark.Sessionizer.Tests.Sessions;

namespace Tidemark.Sessionizer.Tests.Processing;

/// <summary>kill -9 of a process with the real log, again and again; then the sessions are those of the events, each counted once.</summary>
public sealed class KillTests
{
    private const int Kills = 8;

    [Fact]
    public async Task KilledAtRandomMoments_TheSessionsAreThoseOfTheEventsCountedOnce()
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-kill-").FullName;
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        var sent = 0;
        for (var kill = 0; kill < Kills; kill++)
            sent = await RunAndKillAsync(folder, sent, random.Next(20, 600));

        await using var run = new ServiceRun(folder);
        // The last child may have stored more than it could tell: all of it is sent again.
        var last = sent + 30;
        await SendAsync(run, sent, last);
        await run.StartAsync(KillTraffic.Options);
        await EndAsync(run, KillTraffic.Time(last) + 10_000_000_000);
        await Wait.UntilAsync(() => run.Sessions().ClosedImports.Count == ServiceRun.Partitions && Caught(run), "the end");
        var net = run.Sessions().Net.Where(r => r.Visitor != "closer").Select(r => r.Content()).ToList();
        var expected = SessionOracle.Cut(Enumerable.Range(0, last).Select(EventOf), (long)KillTraffic.Options.Gap.TotalMilliseconds);
        Assert.True(Sorted(expected).SequenceEqual(Sorted(net)), $"seed {seed}: {expected.Count} sessions expected, {net.Count} there");
    }

    /// <summary>Returns the number from which on nothing was told to be durable.</summary>
    private static async Task<int> RunAndKillAsync(string folder, int from, int milliseconds)
    {
        await using var child = ProgramProcess.StartOurs("Sessionizer.Host.dll", ["run", folder, from.ToString()]);
        from = int.Parse(await child.LineAsync() ?? throw new InvalidOperationException($"the child ended by itself: {child.Said}"));
        await Task.Delay(milliseconds);
        await child.KillAsync();
        while (await child.LineAsync() is { } line)
        {
            if (int.TryParse(line, out var number) && number > from)
                from = number;
        }
        return from;
    }

    private static async Task SendAsync(ServiceRun run, int from, int to)
    {
        foreach (var topic in (string[])[Topics.Events, Topics.History])
        {
            using var request = run.Log.NewAppend(topic);
            for (var number = from; number < to; number++)
                KillTraffic.Add(request, number);
            await run.Log.AppendAsync(request, CancellationToken.None);
        }
    }

    /// <summary>An end marker for the import, and for the live lane an event so late that everything else closes; in every partition.</summary>
    private static async Task EndAsync(ServiceRun run, long time)
    {
        using var markers = run.Log.NewAppend(Topics.History);
        using var closers = run.Log.NewAppend(Topics.Events);
        for (var partition = 0; partition < ServiceRun.Partitions; partition++)
        {
            markers.AddTo(partition, "kill"u8, Marker(), time);
            closers.AddTo(partition, "closer"u8, new TestEvent("closer", time) { Id = partition }.Encode(), time);
        }
        await run.Log.AppendAsync(markers, CancellationToken.None);
        await run.Log.AppendAsync(closers, CancellationToken.None);
    }

    private static byte[] Marker()
    {
        var end = new ImportEnd { Project = "p"u8, ImportId = "kill"u8, EndedAt = 1 };
        var buffer = new byte[end.MaxLength];
        return buffer[..end.Encode(buffer)];
    }

    private static bool Caught(ServiceRun run)
    {
        var ends = run.All(Topics.SessionizerState).Select(s => SessionizerCommit.Decode(s.Value)).GroupBy(c => (c.InputTopic, c.InputPartition))
            .ToDictionary(g => g.Key, g => g.Last().ToOffset);
        return ends.Count == 2 * ServiceRun.Partitions
            && ends.All(e => e.Value == run.RangeOf(new TopicPartition(e.Key.InputTopic, e.Key.InputPartition)).End);
    }

    private static TestEvent EventOf(int number) => new(KillTraffic.Visitor(number), KillTraffic.Time(number))
    {
        Id = KillTraffic.Id(number),
        Import = KillTraffic.IsHistory(number) ? KillTraffic.Import : "",
        Kind = KillTraffic.Kind(number),
        Page = KillTraffic.Page(number),
    };

    private static IEnumerable<TestRow> Sorted(IEnumerable<TestRow> rows) => rows.OrderBy(r => r.Import).ThenBy(r => r.Visitor).ThenBy(r => r.Start);
}
