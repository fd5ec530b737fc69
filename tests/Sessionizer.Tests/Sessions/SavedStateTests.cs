using System.Collections.Concurrent;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>Rules that were loaded from a saved state go on as those that saved it: the same verdicts, the same bytes.</summary>
public sealed class SavedStateTests
{
    private const int FixedSeeds = 3000;
    private const int FreshSeeds = 1000;

    [Fact]
    public void LoadedRules_GoOnAsTheSavedOnes()
    {
        var fresh = Random.Shared.Next(FixedSeeds, int.MaxValue - FreshSeeds);
        var failures = new ConcurrentQueue<string>();
        Parallel.ForEach(Enumerable.Range(0, FixedSeeds).Concat(Enumerable.Range(fresh, FreshSeeds)), new ParallelOptions { MaxDegreeOfParallelism = 2 }, (seed, loop) =>
        {
            try
            {
                new Twins(seed).Go();
            }
            catch (Exception failure)
            {
                failures.Enqueue($"seed {seed}: {failure.Message}\n{failure.StackTrace}");
                loop.Stop();
            }
        });
        Assert.True(failures.IsEmpty, failures.FirstOrDefault());
    }

    [Fact]
    public void Load_DamagedState_IsRefusedOrEqual()
    {
        var twins = new Twins(1);
        twins.Go();
        var state = twins.State();
        for (var cut = 0; cut < state.Length; cut++)
            Assert.Throws<InvalidDataException>(() => twins.Empty().Load(new StateReader(state.AsMemory(0, cut))));
        // A hash over the whole guards against other bytes; those may not do more than be refused either.
        for (var at = 0; at < state.Length; at++)
        {
            var other = state.ToArray();
            other[at] ^= 0x55;
            try
            {
                twins.Empty().Load(new StateReader(other));
            }
            catch (Exception refused) when (refused is InvalidDataException or OverflowException)
            {
                // As it should be; a changed count of events is not noticed here.
            }
        }
    }

    private sealed class Twins
    {
        private readonly Random _random;
        private readonly bool _history;
        private readonly SettingsByProject[] _settings;
        private readonly RandomTraffic _traffic;
        private readonly PartitionRules _one;
        private readonly Recorder _written = new();
        private readonly Recorder _again = new();
        private PartitionRules _other;
        private long _offset;
        private int _generation;

        public Twins(int seed)
        {
            _random = new Random(seed);
            _history = _random.Next(3) == 0;
            _settings = [Settings(), Settings()];
            _traffic = new RandomTraffic(_random, _history, (_, name) => _generation == 0 ? name : $"{name}~{_generation}");
            _one = Empty();
            _other = Empty();
        }

        public PartitionRules Empty() => _history
            ? new HistoryPartition(0, _settings[0], duplicateWindow: 40, _random.Next())
            : new LivePartition(_settings[0], duplicateWindow: 40, _random.Next());

        public byte[] State()
        {
            var state = new StateWriter();
            _other.Save(state);
            return state.Written.ToArray();
        }

        public void Go()
        {
            for (var i = _random.Next(5, 80); i > 0; i--)
                Step();
            Commit(flush: _history);
        }

        private void Step()
        {
            switch (_random.Next(16))
            {
                case 0 or 1 or 2:
                    Commit(flush: _history && _random.Next(3) == 0);
                    break;
                case 3 when _one is LivePartition:
                    var by = _random.Next(0, 60);
                    Idle((LivePartition)_one, by);
                    Idle((LivePartition)_other, by);
                    break;
                case 3:
                    Both(Marker(_random.Next(3) == 0));
                    break;
                case 4 when _random.Next(4) == 0:
                    var settings = _settings[_random.Next(2)];
                    _one.Use(settings);
                    _other.Use(settings);
                    break;
                case 5 when _traffic.AnySent:
                    Both(_traffic.Again().Encode());
                    break;
                case 6:
                    Both(_traffic.NextUnreadable());
                    break;
                default:
                    var e = _traffic.Next();
                    _traffic.NoteSent(e);
                    Both(e.Encode());
                    break;
            }
        }

        private void Both(byte[] message)
        {
            var offset = _offset++;
            var verdict = _one.Take(offset, message);
            Assert.Equal(verdict, _other.Take(offset, message));
            Assert.Equal((_one.Open, _one.Kept, _one.HasClosed), (_other.Open, _other.Kept, _other.HasClosed));
            // Of a late event it goes out.
            if (verdict is Verdict.Late or Verdict.LateImportEnded)
                Assert.Equal(_one.Horizon, _other.Horizon);
        }

        private byte[] Marker(bool undo)
        {
            var import = System.Text.Encoding.UTF8.GetBytes(_generation == 0 ? "i1" : $"i1~{_generation}");
            var buffer = new byte[200];
            if (!undo)
                return buffer[..new ImportEnd { Project = "p"u8, ImportId = import, EndedAt = 7 }.Encode(buffer)];
            _generation++;
            return buffer[..new ImportUndo { Project = "p"u8, ImportId = import, UndoneAt = 7 }.Encode(buffer)];
        }

        private static void Idle(LivePartition rules, int by)
        {
            foreach (var set in rules.RuleSets.Where(set => rules.HorizonOf(set) != SessionizerCommit.NoHorizon))
                set.Idle(rules.HorizonOf(set) + by);
        }

        private void Commit(bool flush)
        {
            Assert.True(_one.CommitPoint(flush, _offset, _written));
            Assert.True(_other.CommitPoint(flush, _offset, _again));
            if (_one is LivePartition live && _random.Next(2) == 0)
            {
                live.HarvestLive(_offset, int.MaxValue, _written);
                ((LivePartition)_other).HarvestLive(_offset, int.MaxValue, _again);
            }
            Assert.Equal(_written.Take(), _again.Take());
            if (_random.Next(2) == 0)
                return;
            var state = State();
            _other = Empty();
            _other.Load(new StateReader(state));
            Assert.Equal(_one.Settings, _other.Settings);
        }

        private SettingsByProject Settings()
        {
            return new SettingsByProject(One(), _random.Next(3) switch { 0 => [], 1 => [new ProjectSettings("q", One())], _ => [new ProjectSettings("p", One()), new ProjectSettings("q", One())] });

            SessionSettings One() => new(_random.Next(5, 30), _random.Next(0, 20), _random.Next(0, 60), _random.Next(30, 90), _random.Next(2, 9));
        }
    }

    /// <summary>What went out, as text; upserts of open sessions in any order.</summary>
    private sealed class Recorder : ISessionOutput
    {
        private readonly List<string> _rows = [];
        private readonly List<string> _live = [];

        public void Row(ReadOnlySpan<byte> visitorId, ReadOnlySpan<byte> message, SessionRowKind kind) => _rows.Add($"{kind} {Convert.ToHexString(visitorId)} {Convert.ToHexString(message)}");

        public void Live(long sessionId, ReadOnlySpan<byte> message) => _live.Add($"live {sessionId} {Convert.ToHexString(message)}");

        public void Closed(ReadOnlySpan<byte> importId, ReadOnlySpan<byte> message) => _rows.Add($"closed {Convert.ToHexString(importId)} {Convert.ToHexString(message)}");

        public void Undone(ReadOnlySpan<byte> importId, ReadOnlySpan<byte> message) => _rows.Add($"undone {Convert.ToHexString(importId)} {Convert.ToHexString(message)}");

        public string[] Take()
        {
            string[] all = [.. _rows, .. _live.Order(StringComparer.Ordinal)];
            _rows.Clear();
            _live.Clear();
            return all;
        }
    }
}
