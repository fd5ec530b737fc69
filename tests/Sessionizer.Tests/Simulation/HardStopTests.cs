using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Processing;
using Tidemark.Sessionizer.Sessions;
using Tidemark.Sessionizer.Tests.Sessions;

namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>Where input and commit records do not fit together the partition stands still and says why, instead of counting wrongly.</summary>
public sealed class HardStopTests
{
    private static readonly TopicPartition _input = new(Topics.Events, 0);
    private static readonly TopicPartition _state = new(Topics.SessionizerState, 0);
    private readonly VirtualTime _time = new();
    private readonly MemoryLog _log;
    private readonly SessionizerStatus _status = new(TimeProvider.System);

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
    public void CommitRecordsOfTheVersionBefore_AreReplayed_AlsoUnderSettingsPerProject()
    {
        for (var i = 0; i < _log.Of(_state).Count; i++)
            _log.Put(_state, i, OfTheVersionBefore(_log.Of(_state)[i].Value));
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
            log.Put(_state, i, OfTheVersionBefore((SessionizerCommit.Decode(log.Of(_state)[i].Value) with { Rules = 1 }).Encode()));

        Script(first, (first with { Id = 0, Seq = 1, Page = "/c" }).Encode());
        Script(first, (first with { Id = 3, Page = "/d" }).Encode());
        Assert.Null(Run(options, log));
        Assert.Equal([("/a", "/b", 1), ("/a", "/b", -1), ("/a", "/c", 1)], Rows(log));
        Assert.Null(Run(options, log));
        Assert.Equal(3, Rows(log).Count());
    }

    private static IEnumerable<(string Entry, string Exit, int Sign)> Rows(MemoryLog log) =>
        log.Of(new TopicPartition(Topics.Sessions, 0)).Select(record => TestRow.Decode(record.Value)).Select(row => (row.EntryPage, row.ExitPage, row.Sign));

    /// <summary>That version had another fingerprint, and nothing behind the version of the rules.</summary>
    private static byte[] OfTheVersionBefore(byte[] record)
    {
        var commit = SessionizerCommit.Decode(record);
        Assert.Empty(commit.Projects);
        Assert.Empty(commit.IdleProjects);
        var old = record[..^3];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(old.AsSpan(2), 0xEF8A35CEA272A89D);
        Assert.Equal(commit.ToOffset, SessionizerCommit.Decode(old).ToOffset);
        return old;
    }

    private void Replace(Func<SessionizerCommit, SessionizerCommit> change) =>
        _log.Put(_state, 0, change(SessionizerCommit.Decode(_log.Of(_state)[0].Value)).Encode());

    /// <summary>Why it stopped; null when it went on until everything was quiet.</summary>
    private string? Run(SessionizerOptions? options = null, MemoryLog? log = null)
    {
        using var metrics = new SessionizerMetrics(new TestMeters(), _status);
        var status = _status.Enter(_input);
        var worker = new PartitionWorker(
            log ?? _log, new MemoryLog.Ownership(log ?? _log, _input), options ?? new SessionizerOptions(), _time, metrics, status, NullLogger.Instance);
        try
        {
            Assert.False(worker.RunAsync(CancellationToken.None).GetAwaiter().GetResult());
        }
        catch (QuietException)
        {
            Assert.Null(status.Stopped);
            return null;
        }
        return status.Stopped;
    }
}
