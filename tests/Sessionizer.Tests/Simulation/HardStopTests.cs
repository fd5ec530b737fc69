using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Processing;
using Tidemark.Sessionizer.Snapshots;
using Tidemark.Sessionizer.Sessions;
using Tidemark.Sessionizer.Tests.Sessions;

namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>Where input and commit records do not fit together the partition is stopped and says why, instead of counting wrongly.</summary>
public sealed class HardStopTests
{
    private static readonly TopicPartition _input = new(Topics.Events, 0);
    private static readonly TopicPartition _state = new(Topics.SessionizerState, 0);
    private readonly VirtualTime _time = new();
    private readonly MemoryLog _log;
    private readonly SessionizerStatus _status = new(TimeProvider.System);
    private long _nextId = 1000;

    public HardStopTests()
    {
        _log = new MemoryLog(_time) { QuietAfter = TimeSpan.FromSeconds(5) };
        for (var i = 0; i < 5; i++)
            _log.Script(_time.Now + i * 1000, _input, "a"u8.ToArray(), new TestEvent("a", _time.Now + i * 1000) { Id = i }.Encode());
        Assert.Null(Run());
    }

    [Fact]
    public void Untouched_GoesOn() => Assert.Null(Run());

    [Fact]
    public void InputRemovedByRetention_StopsAndNamesTheOffsets()
    {
        _log.StartOf(_input, 2);
        Assert.Contains("begins at offset 2, but its sessions were built from offset 0", Run());
    }

    [Fact]
    public void InputLost_StopsAndAsksForABackup()
    {
        _log.Cut(_input, 3);
        Assert.Contains("ends at offset 3", Run());
    }

    [Fact]
    public void PositionReset_StopsAndNamesBoth()
    {
        _log.SetPosition(_input, 1);
        Assert.Contains("position of events/0 is 1, the last commit record says 5", Run());
    }

    [Fact]
    public void ACommitRecordMissing_Stops()
    {
        _log.Remove(_state, _log.Of(_state).ToList().FindIndex(r => SessionizerCommit.Decode(r.Value) is { FromOffset: > 0 } c && c.ToOffset > c.FromOffset));
        Assert.Contains("missing between offsets", Run());
    }

    [Fact]
    public void AnotherHorizon_Stops()
    {
        Replace(c => c with { Horizon = c.Horizon + 1 });
        Assert.Contains("on record is", Run());
    }

    [Fact]
    public void OtherRules_StopAndNameTheVersions()
    {
        Replace(c => c with { Rules = PartitionRules.Version + 1 });
        Assert.Contains("start the version that wrote it", Run());
    }

    [Fact]
    public void ADamagedCommitRecord_Stops()
    {
        _log.Put(_state, 0, [1, 2, 3]);
        Assert.Contains("cannot be read", Run());
    }

    [Fact]
    public void RecordsThatAreNotTheOwners_ArePassedOver_WhereverTheyStand()
    {
        var own = SessionizerCommit.Decode(_log.Of(_state)[^1].Value);
        byte[][] foreign =
        [
            [],
            [1, 2, 3],
            own.Encode()[..^3],
            (own with { FromOffset = own.ToOffset, ToOffset = own.ToOffset + 100, Writer = 99, WriterBefore = 98 }).Encode(),
            (own with { FromOffset = own.ToOffset, ToOffset = own.ToOffset + 100, Writer = 0, WriterBefore = 0 }).Encode(),
            (own with { FromOffset = own.ToOffset, ToOffset = own.ToOffset + 100, InputPartition = 1 }).Encode(),
            own.Encode(),
            (own with { FromOffset = own.ToOffset + 1, ToOffset = own.ToOffset + 2 }).Encode(),
        ];
        _log.Insert(_state, 0, "events"u8.ToArray(), [9, 9, 9]);
        foreach (var value in foreign)
            _log.Insert(_state, _log.Of(_state).Count, "events"u8.ToArray(), value);
        _log.Insert(_state, 1, "nobody"u8.ToArray(), own.Encode());
        Assert.Null(Run());
        Append(3);
        Assert.Null(Run());
        Assert.Equal(8, _log.PositionOf(_input));
        Assert.Null(Run());
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(9, true)]
    [InlineData(9, false)]
    public void ATopicMadeAnew_Stops_AndBeginsAnewWhenAsked(int events, bool positionIsGone)
    {
        _log.Cut(_input, 0);
        _log.Identity = "second";
        if (positionIsGone)
            _log.SetPosition(_input, 0);
        Append(events);
        Assert.Contains("events/0 was deleted and made anew: it has the id second", Run());
        Assert.Contains("BEGIN_ANEW=second", Run(new SessionizerOptions { BeginAnew = ["first", "third"] }));
        var asked = new SessionizerOptions { BeginAnew = ["second"] };
        Assert.Null(Run(asked));
        Assert.Equal(events, _log.PositionOf(_input));
        Append(1);
        Assert.Null(Run(asked));
        Assert.Null(Run());
        Assert.Equal(events + 1, _log.PositionOf(_input));
        Assert.Single(_log.Of(_state), r => SessionizerCommit.Decode(r.Value).Begins);
        Assert.Equal(events + 1, _log.Of(_state).Select(r => SessionizerCommit.Decode(r.Value)).Where(c => c.TopicId == "second").Sum(c => c.ToOffset - c.FromOffset));
    }

    [Fact]
    public void ATopicThatIsTheSame_IsNeverBegunAnew()
    {
        _log.Cut(_input, 3);
        Assert.Contains("ends at offset 3", Run(new SessionizerOptions { BeginAnew = ["first"] }));
    }

    [Fact]
    public void WhereCommitRecordsNameNoTopic_OneThatIsShorter_IsBegunAnewWhenAsked()
    {
        for (var i = 0; i < _log.Of(_state).Count; i++)
            _log.Put(_state, i, OfAnOlderVersion(_log.Of(_state)[i].Value, first: false));
        _log.Cut(_input, 0);
        Append(2);
        Assert.Contains("BEGIN_ANEW=first", Run());
        Assert.Null(Run(new SessionizerOptions { BeginAnew = ["first"] }));
        Assert.Equal(2, _log.PositionOf(_input));
        Assert.Null(Run());
    }

    [Fact]
    public void AnEventThatNoCollectorAccepts_MovesNoHorizon()
    {
        var offset = _log.Of(_input).Count;
        foreach (var time in (long[])[7_258_118_400_000, _time.Now + 7 * 60_000, _time.Now + 86_400_000])
            _log.Script(_time.Now, _input, "b"u8.ToArray(), new TestEvent("b", time) { Id = time }.Encode());
        Append(5);
        Assert.Null(Run());
        var skipped = _log.Of(_state).SelectMany(r => SessionizerCommit.Decode(r.Value).Skipped).ToList();
        Assert.All(skipped, range => Assert.Equal(SkipReason.Unreadable, range.Reason));
        Assert.Equal([offset, offset + 1L, offset + 2], skipped.SelectMany(range => Enumerable.Range(0, range.Count).Select(i => range.Offset + i)));
        Assert.Null(Run());
    }

    [Fact]
    public void AnEventWithABrokenEnd_CountsNowhere()
    {
        var whole = new TestEvent("b", _time.Now) { Id = 77 }.Encode();
        _log.Script(_time.Now, _input, "b"u8.ToArray(), whole[..^4]);
        Assert.Null(Run());
        Assert.Equal([new SkippedRange(5, 1, SkipReason.Unreadable)], _log.Of(_state).SelectMany(r => SessionizerCommit.Decode(r.Value).Skipped));
    }

    [Fact]
    public void OtherSettings_AreToldAtOnce_SoThatTheOthersOfTheGroupSeeThem()
    {
        var same = new SessionizerOptions().Settings.Hash;
        Assert.Null(Run());
        Assert.All(_log.Of(_state), record => Assert.Equal(same, SessionizerCommit.Decode(record.Value).SettingsHash));
        var before = _log.Of(_state).Count;
        var other = new SessionizerOptions { Projects = [new ProjectSessionOptions { Name = "q", Gap = TimeSpan.FromSeconds(1) }] };
        Assert.Null(Run(other));
        var told = SessionizerCommit.Decode(_log.Of(_state)[before].Value);
        Assert.Equal((5, 5, other.Settings.Hash), (told.FromOffset, told.ToOffset, told.SettingsHash));
        Assert.NotEqual(same, told.SettingsHash);
    }

    [Fact]
    public void CommitRecordsOfOlderVersions_AreReplayed_AlsoUnderSettingsPerProject()
    {
        for (var i = 0; i < _log.Of(_state).Count; i++)
            _log.Put(_state, i, OfAnOlderVersion(_log.Of(_state)[i].Value, i == 0));
        Assert.Null(Run());
        Assert.Null(Run(new SessionizerOptions { Disorder = TimeSpan.Zero, Projects = [new ProjectSessionOptions { Name = "p", Gap = TimeSpan.FromSeconds(1) }] }));
        Assert.Null(Run());
    }

    [Fact]
    public void StateOfTheVersionWithoutSeq_IsReplayed_AndGoesOnWithEventsThatHaveIt()
    {
        var log = new MemoryLog(_time);
        var options = new SessionizerOptions { Gap = TimeSpan.FromSeconds(3) };
        var at = _time.Now;
        var first = new TestEvent("a", at) { Kind = EventKind.Page };
        void Script(TestEvent e, byte[] message) => log.Script(_time.Now, _input, Encoding.UTF8.GetBytes(e.Visitor), message);
        Script(first, (first with { Id = 2, Page = "/b" }).EncodeWithoutSeq());
        Script(first, (first with { Id = 1, Page = "/a" }).EncodeWithoutSeq());
        Assert.Null(Run(options, log));
        Assert.Equal([("/a", "/b", 1)], Rows(log));
        for (var i = 0; i < log.Of(_state).Count; i++)
            log.Put(_state, i, OfAnOlderVersion((SessionizerCommit.Decode(log.Of(_state)[i].Value) with { Rules = 1 }).Encode(), first: true));

        Script(first, (first with { Id = 0, Seq = 1, Page = "/c" }).Encode());
        Script(first, (first with { Id = 3, Page = "/d" }).Encode());
        Assert.Null(Run(options, log));
        Assert.Equal([("/a", "/b", 1), ("/a", "/b", -1), ("/a", "/c", 1)], Rows(log));
        Assert.Null(Run(options, log));
        Assert.Equal(3, Rows(log).Count());
    }

    [Fact]
    public void StateOfRulesWithoutAgents_IsReplayed_AndTakesItsRowsBackAsTheyWentOut()
    {
        var log = new MemoryLog(_time);
        var options = new SessionizerOptions { Gap = TimeSpan.FromSeconds(3) };
        var later = new TestEvent("a", _time.Now + 1000) { Id = 2, Browser = "Firefox", Os = "Linux", AppVersion = "1.2" };
        void Script(TestEvent e) => log.Script(_time.Now, _input, "a"u8.ToArray(), e.Encode());
        Script(later);
        Assert.Null(Run(options, log));
        Assert.Equal(["+1 Firefox Linux 1.2"], Agents(log));
        for (var i = 0; i < log.Of(_state).Count; i++)
            log.Put(_state, i, (SessionizerCommit.Decode(log.Of(_state)[i].Value) with { Rules = 2 }).Encode());

        // To the program that goes on now the row went out without them, as rules version 2 wrote it.
        Script(later with { Id = 1, Time = later.Time - 500, Browser = "Safari", Os = "", AppVersion = "" });
        Assert.Null(Run(options, log));
        Assert.Equal(["-1   ", "+1 Safari Linux 1.2"], Agents(log).Skip(1));

        // And what this version wrote is taken back as this version wrote it, also after another restart.
        Script(later with { Id = 3, Time = later.Time + 500, Browser = "Opera" });
        Assert.Null(Run(options, log));
        Assert.Equal(["-1 Safari Linux 1.2", "+1 Safari Linux 1.2"], Agents(log).Skip(3));
    }

    private static IEnumerable<string> Agents(MemoryLog log) =>
        log.Of(new TopicPartition(Topics.Sessions, 0)).Select(record => TestRow.Decode(record.Value)).Select(row => $"{row.Sign:+0;-0} {row.Browser} {row.Os} {row.AppVersion}");

    private static IEnumerable<(string Entry, string Exit, int Sign)> Rows(MemoryLog log) =>
        log.Of(new TopicPartition(Topics.Sessions, 0)).Select(record => TestRow.Decode(record.Value)).Select(row => (row.EntryPage, row.ExitPage, row.Sign));

    /// <summary>The first version had nothing behind the version of the rules, the second nothing behind the idle steps of projects.</summary>
    private static byte[] OfAnOlderVersion(byte[] record, bool first)
    {
        var commit = SessionizerCommit.Decode(record);
        Assert.Empty(commit.Projects);
        Assert.Empty(commit.IdleProjects);
        var plain = (commit with { TopicId = "", Begins = false, Writer = 0, WriterBefore = 0, SettingsHash = 0 }).Encode();
        var old = plain[..^(first ? 8 : 5)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(old.AsSpan(2), first ? 0xEF8A35CEA272A89D : 0xEFDF3BBB3FE383BA);
        Assert.Equal(commit.ToOffset, SessionizerCommit.Decode(old).ToOffset);
        return old;
    }

    private void Append(int count)
    {
        for (var i = 0; i < count; i++)
            _log.Script(_time.Now + i * 1000, _input, "a"u8.ToArray(), new TestEvent("a", _time.Now + i * 1000) { Id = _nextId++ }.Encode());
    }

    private void Replace(Func<SessionizerCommit, SessionizerCommit> change) =>
        _log.Put(_state, 0, change(SessionizerCommit.Decode(_log.Of(_state)[0].Value)).Encode());

    /// <summary>Why it stopped; null when it went on until everything was quiet.</summary>
    private string? Run(SessionizerOptions? options = null, MemoryLog? log = null)
    {
        using var metrics = new SessionizerMetrics(new TestMeters(), _status);
        var status = _status.Enter(_input);
        var ownership = new MemoryLog.Ownership(log ?? _log, _input);
        var worker = new PartitionWorker(log ?? _log, ownership, options ?? new SessionizerOptions(), _time, new SnapshotRequests(), new SemaphoreSlim(1), metrics, status, NullLogger.Instance);
        try
        {
            Assert.False(Worked.RunUntilStoppedAsync(log ?? _log, ownership, worker, status, _time).GetAwaiter().GetResult());
        }
        catch (QuietException)
        {
            Assert.Null(status.Stopped);
            return null;
        }
        return status.Stopped;
    }
}
