using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.Tests.IntakeTopic;

public sealed class IntakeDoorTests
{
    private const string Good = """{"event":"e","anonymousId":"a","writeKey":"live"}""";

    [Fact]
    public async Task Messages_GoToEvents_AndRefusedOnesKeepTheirPlace()
    {
        await using var run = IntakeRun.OnRocks();
        await run.SendAsync(0, Good, "nonsense", $"[{Good},5,{Good}]");
        await run.SendAsync(2, "", """{"event":"e","writeKey":"other"}""", Good);
        await run.SendAsync(2, [AvroMessage.Of(visitor: "avro", project: "other"), AvroMessage.Of(project: "foreign"), new byte[2 << 20]]);
        await run.StartAsync();
        await run.DrainAsync();
        var events = await run.EventsAsync();
        Assert.Equal(["a shop", "a shop", "a shop", "a shop", "avro other"], events.Select(e => $"{e.VisitorId} {e.Project}").Order(StringComparer.Ordinal));
        Assert.All(events, e => Assert.Equal(CollectorHost.NowMs, e.ReceivedAt));
        Assert.Equal(5, events.Select(e => e.EventId).Distinct().Count());
        Assert.Equal(
            [" 0@1#-1:json", " 0@2#1:not_object", " 2@0#-1:empty_body", "other 2@1#0:no_identity", " 2@4#0:project", " 2@5#-1:body_too_large"],
            await run.RejectedAsync());
        var large = (await run.ReadAsync(Topics.Rejected)).Select(RefusedEvent.From).Single(r => r.Code == "body_too_large");
        Assert.Equal((Topics.Intake, 2 << 20, 1024), (large.Door, large.Size, large.Sample.Length));
    }

    [Fact]
    public async Task Events_OfAVisitor_KeepTheirOrder_OverManyTransactions()
    {
        await using var run = IntakeRun.OnRocks(IntakeRun.Fast with { IntakeCommitRecords = 7 });
        for (var p = 0; p < IntakeRun.Partitions; p++)
            await run.SendAsync(p, [.. Enumerable.Range(0, 500).Select(i => $$"""{"event":"{{i}}","anonymousId":"v{{p}}-{{i % 5}}","writeKey":"live"}""")]);
        await run.StartAsync();
        await run.DrainAsync();
        Assert.True(run.Log.Commits >= 3 * 500 / 7);
        var visitors = (await run.EventsAsync()).GroupBy(e => e.VisitorId).ToList();
        Assert.Equal(15, visitors.Count);
        Assert.All(visitors, v => Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 5 + int.Parse(v.Key[^1..], null)), v.Select(e => int.Parse(e.Event, null))));
    }

    [Fact]
    public async Task Batches_AreBoundedByBytes()
    {
        await using var run = IntakeRun.OnRocks(IntakeRun.Fast with { IntakeCommitBytes = 10_000, IntakeCommitInterval = TimeSpan.FromSeconds(10) });
        var filler = new string('x', 4_000);
        await run.SendAsync(0, [.. Enumerable.Range(0, 30).Select(i => $$"""{"event":"{{i}}","anonymousId":"v","writeKey":"live","x":"{{filler}}"}""")]);
        await run.StartAsync();
        await run.DrainAsync();
        // Three messages make a batch full.
        Assert.Equal((30, 10), ((await run.EventsAsync()).Count, run.Log.Commits));
    }

    [Fact]
    public async Task Stopping_CommitsWhatWasTaken_AndTheNextOneGoesOnBehindIt()
    {
        await using var run = IntakeRun.OnRocks(IntakeRun.Fast with { IntakeCommitInterval = TimeSpan.FromSeconds(10) });
        await run.SendAsync(0, Good, Good);
        await run.StartAsync();
        // Nothing but the stop ends the interval; the messages are taken in the first read, or by the next door.
        await Task.Delay(300);
        await run.StopAsync();
        await run.SendAsync(0, Good);
        await run.StartAsync();
        await Task.Delay(300);
        await run.StopAsync();
        await run.StartAsync();
        await run.DrainAsync();
        Assert.Equal(3, (await run.EventsAsync()).Count);
    }

    [Fact]
    public async Task Flood_OfGarbage_IsNotAllKept_AndARolledBackBatchUsesNothingUp()
    {
        await using var run = IntakeRun.OnRocks(IntakeRun.Fast with { RejectedBurst = 10, RejectedPerSecond = 0 });
        var faults = new Queue<Fault>([Fault.Aborted, Fault.Aborted, Fault.UnknownAndDone]);
        run.Log.Next = () => faults.TryDequeue(out var fault) ? fault : Fault.None;
        await run.SendAsync(0, [.. Enumerable.Repeat("garbage", 100).Append(Good)]);
        await run.StartAsync();
        await run.DrainAsync();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $" 0@{i}#-1:json"), await run.RejectedAsync());
        Assert.Single(await run.EventsAsync());
        Assert.Equal(3, run.Log.Happened.Count);
    }

    [Fact]
    public async Task Messages_ThatRetentionRemovedUnread_AreLost_AndReadingGoesOnBehindThem()
    {
        await using var run = IntakeRun.OnRocks(heldBytes: 2_000);
        var partition = new TopicPartition(Topics.Intake, 0);
        await run.SendAsync(0, Good);
        await run.StartAsync();
        await run.DrainAsync();
        await run.StopAsync();
        for (var i = 0; i < 20; i++)
            await run.SendAsync(0, Event(i));
        await run.ForgetAsync();
        var start = (int)(await run.Log.RangeAsync(partition, CancellationToken.None)).Start;
        Assert.InRange(start, 2, 20);
        await run.StartAsync();
        await run.DrainAsync();
        Assert.Equal(Enumerable.Range(start - 1, 21 - start), (await run.EventsAsync()).Where(e => e.Event != "e").Select(e => int.Parse(e.Event, null)));

        static string Event(int i) => $$"""{"event":"{{i}}","anonymousId":"a","writeKey":"live","x":"{{Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(200))}}"}""";
    }
}
