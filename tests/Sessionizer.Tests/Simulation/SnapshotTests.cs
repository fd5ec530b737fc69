using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Processing;
using Tidemark.Sessionizer.Retention;
using Tidemark.Sessionizer.Sessions;
using Tidemark.Sessionizer.Snapshots;
using Tidemark.Sessionizer.Tests.Sessions;

namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>A recovery begins at the newest snapshot that is of use, and at none that is not.</summary>
public sealed class SnapshotTests
{
    private const int Events = 60;

    private static readonly TopicPartition _input = new(Topics.Events, 0);
    private static readonly TopicPartition _state = new(Topics.SessionizerState, 0);
    private static readonly SessionizerOptions _options = new() { RecoveryTime = TimeSpan.FromMicroseconds(300), CommitRecords = 3 };

    private readonly VirtualTime _time = new();
    private readonly SessionizerStatus _status = new(TimeProvider.System);
    private readonly SnapshotRequests _requests = new();
    private readonly MemoryLog _log;

    public SnapshotTests()
    {
        _log = new MemoryLog(_time) { QuietAfter = TimeSpan.FromSeconds(5), SetSize = 3 };
        for (var i = 0; i < Events; i++)
            _log.Script(_time.Now + i * 1000, _input, "a"u8.ToArray(), new TestEvent("a" + i % 7, _time.Now + i * 1000) { Id = i }.Encode());
        Run();
    }

    [Fact]
    public async Task Recovery_RepeatsWhatCameAfterTheNewestSnapshotOnly()
    {
        var whole = await RecoverAsync(without: Parts());
        Assert.Equal(Events, whole.Records);
        var (records, state) = await RecoverAsync();
        Assert.InRange(records, 0, Events / 4);
        Assert.Equal(whole.State, state);
    }

    [Fact]
    public async Task ADamagedSnapshot_IsPassedOverForTheOneBeforeIt()
    {
        var newest = Parts()[^1];
        var whole = await RecoverAsync();
        var damaged = _log.Of(_state)[newest].Value.ToArray();
        damaged[^1] ^= 1;
        _log.Put(_state, newest, damaged);
        var (records, state) = await RecoverAsync();
        Assert.InRange(records, whole.Records + 1, Events - 1);
        Assert.Equal(whole.State, state);
    }

    [Fact]
    public async Task ASnapshotOfAnotherTopic_OrOfNobodysChain_IsPassedOver()
    {
        var whole = await RecoverAsync();
        foreach (var change in new Func<SnapshotOf, SnapshotOf>[] { s => s with { TopicId = "another" }, s => s with { Writer = 1 }, s => s with { ToOffset = s.ToOffset - 1 } })
        {
            var log = _log.Of(_state).Count;
            _log.Insert(_state, log, SnapshotParts.KeyOf(Topics.Events), change(SnapshotOf.Read(_log.Of(_state)[Parts()[^1]].Value)).Encode());
            Assert.Equal(whole.State, (await RecoverAsync()).State);
            _log.Remove(_state, log);
        }
    }

    [Fact]
    public async Task Trimmed_TheLogBeginsAtTheOlderOfTwoSnapshots_AndARecoveryFromEitherGivesTheSame()
    {
        var whole = await RecoverAsync();
        await new LogTrim(_log, _input, _requests, TimeSpan.Zero, _time, NullLogger.Instance).TrimAsync(CancellationToken.None);
        var start = (int)_log.Range(_state).Start;
        Assert.Equal(Parts()[^2], start);
        Assert.InRange(_log.Range(_input).Start, 1, Events);
        Assert.Equal(whole, await RecoverAsync());
        Assert.Equal(whole.State, (await RecoverAsync(without: [Parts()[^1]])).State);
        // With neither there is nothing to begin with.
        var stopped = await Assert.ThrowsAsync<PartitionStoppedException>(() => RecoverAsync(without: [Parts()[^1], Parts()[^2]]));
        Assert.Contains("no snapshot", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingGoes_ThatIsNotLoaded()
    {
        var log = new Unloaded(_log);
        await new LogTrim(log, _input, _requests, TimeSpan.Zero, _time, NullLogger.Instance).TrimAsync(CancellationToken.None);
        Assert.Equal((0, 0), (_log.Range(_state).Start, _log.Range(_input).Start));
    }

    private void Run()
    {
        using var metrics = new SessionizerMetrics(new TestMeters(), _status);
        var status = _status.Enter(_input);
        var ownership = new MemoryLog.Ownership(_log, _input);
        var worker = new PartitionWorker(_log, ownership, _options, _time, _requests, new SemaphoreSlim(1), metrics, status, NullLogger.Instance);
        Assert.Throws<QuietException>(() => Worked.RunUntilStoppedAsync(_log, ownership, worker, status, _time).GetAwaiter().GetResult());
    }

    /// <summary>Places of the snapshots' parts; all here have one.</summary>
    private int[] Parts()
    {
        int[] parts = [.. Enumerable.Range(0, _log.Of(_state).Count).Where(i => SessionizerSnapshot.Is(_log.Of(_state)[i].Value))];
        Assert.True(parts.Length > 3);
        Assert.All(parts, part => Assert.Equal(1, SessionizerSnapshot.Decode(_log.Of(_state)[part].Value).Parts));
        return parts;
    }

    private async Task<(long Records, string State)> RecoverAsync(params int[] without)
    {
        var kept = without.Select(part => _log.Of(_state)[part].Value).ToArray();
        foreach (var part in without)
            _log.Put(_state, part, [0]);
        try
        {
            using var metrics = new SessionizerMetrics(new TestMeters(), _status);
            var recovery = new Recovery(
                _log, new MemoryLog.Ownership(_log, _input), () => new LivePartition(_options.Settings, 1000), "first", _options, _time, metrics, _status.Enter(_input), NullLogger.Instance);
            var (replay, position) = await recovery.RunAsync(checkPosition: true, new SnapshotSchedule(_options.RecoveryTime), CancellationToken.None);
            Assert.Equal(Events, position);
            // As an owner does that begins: only a run knows what it has published.
            ((LivePartition)replay.Rules).AssumeLive();
            var state = new StateWriter();
            replay.Rules.Save(state);
            return (replay.Records, Convert.ToHexString(state.Written));
        }
        finally
        {
            for (var i = 0; i < without.Length; i++)
                _log.Put(_state, without[i], kept[i]);
        }
    }

    private sealed record SnapshotOf(string Topic, int Partition, string TopicId, long ToOffset, long Writer, int Part, int Parts, long Length, long Hash, byte[] Data)
    {
        public static SnapshotOf Read(byte[] message)
        {
            var s = SessionizerSnapshot.Decode(message);
            return new(Text(s.InputTopic), s.InputPartition, Text(s.TopicId), s.ToOffset, s.Writer, s.Part, s.Parts, s.Length, s.Hash, s.Data.ToArray());
        }

        public byte[] Encode()
        {
            var s = new SessionizerSnapshot
            {
                InputTopic = Utf8(Topic),
                InputPartition = Partition,
                TopicId = Utf8(TopicId),
                ToOffset = ToOffset,
                Writer = Writer,
                Part = Part,
                Parts = Parts,
                Length = Length,
                Hash = Hash,
                Data = Data,
            };
            var target = new byte[s.MaxLength];
            return target[..s.Encode(target)];
        }

        private static string Text(ReadOnlySpan<byte> utf8) => System.Text.Encoding.UTF8.GetString(utf8);

        private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
    }

    /// <summary>A log whose loaders have not begun.</summary>
    private sealed class Unloaded(MemoryLog log) : ForwardingLog(log)
    {
        public override ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation) => new((long?)null);
    }
}
