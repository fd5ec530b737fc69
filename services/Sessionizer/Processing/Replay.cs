using System.Text;
using Microsoft.Extensions.Logging;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults;
using Tidemark.Sessionizer.Sessions;
using Tidemark.Sessionizer.Snapshots;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// Rebuilds a partition's state: the input up to the last commit once more, with the verdicts, rules, idle steps and commit points on record, without output.
/// Reads two partitions in step: the commit records and the input.
/// </summary>
/// <param name="newRules">Empty state; asked for once more when the input topic was begun anew.</param>
/// <param name="from">The snapshot to go on from, and the rules that were loaded from it; null to begin with nothing at the start of the log.</param>
/// <param name="topicId">Identity of the input topic.</param>
internal sealed class Replay(
    IEventLog log, IPartitionOwnership ownership, Func<PartitionRules> newRules, (FoundSnapshot Snapshot, PartitionRules Rules)? from, string topicId, SessionizerOptions options,
    TimeProvider time, SessionizerMetrics metrics, SessionizerPartition status, ILogger logger)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _progressEvery = TimeSpan.FromSeconds(5);

    private readonly TopicPartition _input = ownership.Partition;
    private readonly TopicPartition _state = new(Topics.SessionizerState, ownership.Partition.Partition);
    private CommitChain? _chain;
    private readonly List<SessionizerCommit> _commits = [];
    private ILogReader? _reader;
    private PartitionStoppedException? _stopped;
    private bool _isThisTopic = from is not null;
    private long _inputEnd;
    private long _position = from?.Snapshot.ToOffset ?? -1;
    private long _records;
    private long _count;
    private long _shownAt;

    /// <summary>The state.</summary>
    public PartitionRules Rules { get; private set; } = from?.Rules ?? newRules();

    /// <summary>The settings of the last commit; null when there was none.</summary>
    public SettingsByProject? Settings { get; private set; } = from?.Rules.Settings;

    /// <summary>Input records that were repeated.</summary>
    public long Records => _records;

    /// <summary>Commit records that were repeated.</summary>
    public long Commits => _count;

    /// <summary>Who wrote the last commit record; the next owner names it in its own first one.</summary>
    public long Writer => _chain!.Writer;

    /// <summary>True when the input topic was deleted and made anew, and is to be begun anew: the next commit record has to say so.</summary>
    public bool Begins { get; private set; }

    /// <summary>Horizons that the first commit record has to name: of a partition that goes on without its state.</summary>
    public IReadOnlyList<ProjectHorizon> Horizons { get; private set; } = [];

    /// <summary>After <see cref="RunAsync"/> has stopped: where the partition could go on without its state, which is behind all that was committed; null when the topic is another one.</summary>
    public long? End => _chain is null or { OfAnotherTopic: true } ? null : Math.Max(_chain.Next ?? 0, ownership.Position);

    /// <summary>The state is given up for this one.</summary>
    public void GiveUp(PartitionRules rules, IReadOnlyList<ProjectHorizon> horizons)
    {
        (Rules, Settings, Horizons, Begins) = (rules, null, horizons, true);
        (_records, _count) = (0, 0);
    }

    /// <summary>Returns the position to go on from.</summary>
    public async Task<long> RunAsync(bool checkPosition, CancellationToken cancellation)
    {
        var started = _shownAt = time.GetTimestamp();
        var start = (await log.RangeAsync(_input, cancellation)).Start;
        try
        {
            await ReplayAsync(start, cancellation);
        }
        finally
        {
            _reader?.Dispose();
        }
        if (_chain!.Passed is { } passed)
            logger.ForeignCommits(_input, passed.Count, _state, passed.Offset, passed.Reason);
        if (_chain.OfAnotherTopic)
            _stopped ??= new PartitionStoppedException($"{_input} was deleted and made anew: it has the id {topicId}, sessions were built from another one; {Anew()}");
        if (_stopped is not null)
            BeginAnewOrThrow(_stopped);
        if (_position < 0)
            _position = start;
        if (checkPosition && !Begins && ownership.Position != _position && (_count > 0 || from is not null || ownership.Position > start))
            throw new PartitionStoppedException(PositionsDiffer());
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        status.ReplayRate = seconds > 0 ? _records / seconds : 0;
        logger.Rebuilt(_input, _records, seconds, _count, _position, Rules.Open);
        return _position;
    }

    /// <summary>Throws the reason, unless the operator said that the topic is another one and no commit record says that it is not.</summary>
    private void BeginAnewOrThrow(PartitionStoppedException reason)
    {
        if (_isThisTopic || !options.BeginAnew.Contains(topicId))
            throw new PartitionStoppedException(reason.Message + Hint());
        logger.BegunAnew(_input, reason.Message);
        Forget();
        Begins = true;
    }

    private string Anew() => _isThisTopic ? "restore the log from a backup" : "restore the topic" + BeginAnew.Advice(topicId);

    private void Forget()
    {
        _reader?.Dispose();
        _reader = null;
        Rules = newRules();
        Settings = null;
        (_position, _count, _stopped) = (-1, 0, null);
    }

    private async Task ReplayAsync(long start, CancellationToken cancellation)
    {
        // To all that was written, not only to what can be read now: the owner of the other lane may have a transaction open in this partition, and this lane's last
        // commit record may stand behind it.
        var range = await log.RangeAsync(_state, cancellation);
        var input = new TopicOfChain(_input.Topic, _input.Partition, topicId);
        _chain = from is { Snapshot: var snapshot }
            ? CommitChain.After(input, snapshot.Writer, snapshot.ToOffset, snapshot.ToOffset)
            : CommitChain.FromStart(input, trimmed: range.Start > 0);
        if (range.Start == range.Written)
            return;
        using var states = log.OpenReader(_state, Math.Max(range.Start, from?.Snapshot.StateOffset ?? 0));
        while (states.Position < range.Written)
        {
            var before = states.Position;
            if (!await states.ReadAsync(_patience, cancellation))
            {
                if (states.Position == before)
                    throw new LogUnavailableException($"{_state}: nothing to read at offset {before} though it goes to {range.Written}");
                continue;
            }
            Collect(states.Records);
            foreach (var commit in _commits)
                await TryRepeatAsync(commit, start, cancellation);
            _commits.Clear();
        }
    }

    private void Collect(in RecordSet records)
    {
        foreach (var record in records)
        {
            if (_chain!.Take(record.Offset, record.Key, record.Value) is { } commit)
                _commits.Add(commit);
        }
    }

    /// <summary>What cannot be repeated does not matter when the topic is begun anew further on.</summary>
    private async ValueTask TryRepeatAsync(SessionizerCommit commit, long start, CancellationToken cancellation)
    {
        if (commit.Begins)
            Forget();
        if (_stopped is not null)
            return;
        try
        {
            await RepeatAsync(commit, start, cancellation);
        }
        catch (PartitionStoppedException stopped)
        {
            _stopped = stopped;
        }
    }

    private async ValueTask RepeatAsync(SessionizerCommit commit, long start, CancellationToken cancellation)
    {
        _isThisTopic |= commit.TopicId.Length > 0;
        await CheckAsync(commit, start, cancellation);
        _count++;
        if (Settings is null || Settings.General != commit.Settings || !(commit.ProjectsAsBefore || Settings.Projects.SequenceEqual(commit.Projects)))
            Settings = new SettingsByProject(commit.Settings, commit.ProjectsAsBefore ? Settings?.Projects ?? [] : commit.Projects);
        Rules.Use(Settings);
        _position = commit.FromOffset;
        await RepeatInputAsync(commit, cancellation);
        var live = Rules as LivePartition;
        if (commit.IdleHorizon != SessionizerCommit.NoHorizon)
            live?.Idle(commit.IdleHorizon);
        foreach (var (project, horizon) in commit.IdleProjects)
            live?.Idle(Encoding.UTF8.GetBytes(project), horizon);
        Rules.CommitPoint(commit.Flush, commit.ToOffset, output: null, commit.Rules);
        if (live is not null && live.GeneralHorizon != commit.Horizon)
        {
            throw new PartitionStoppedException(
                $"the replay of {_input} to offset {commit.ToOffset} comes to the horizon {live.GeneralHorizon}, on record is {commit.Horizon}: the input or the rules are not those of the first run; {Anew()}");
        }
    }

    private async ValueTask CheckAsync(SessionizerCommit commit, long start, CancellationToken cancellation)
    {
        if (commit.Rules is < PartitionRules.OldestVersion or > PartitionRules.Version)
        {
            throw new PartitionStoppedException(
                $"{_input} was committed up to offset {commit.ToOffset} by rules version {commit.Rules}, this program repeats versions {PartitionRules.OldestVersion} to {PartitionRules.Version}: start the version that wrote it");
        }
        if (commit.ToOffset > _inputEnd)
            _inputEnd = (await log.RangeAsync(_input, cancellation)).End;
        if (commit.ToOffset > _inputEnd)
        {
            throw new PartitionStoppedException(
                $"{_input} ends at offset {_inputEnd}, but sessions were committed up to {commit.ToOffset}: events are missing from the log, or the topic was deleted and made anew; {Anew()}");
        }
        if (_position < 0 && commit.WriterBefore != 0 && !commit.Begins)
        {
            // What stands in front of them was cut because a snapshot has it.
            throw new PartitionStoppedException(
                $"the commit records of {_input} before offset {commit.FromOffset} are gone, and no snapshot that has what they led to can be read: restore {_state} from a backup");
        }
        if (_position < 0 && commit.FromOffset < start)
        {
            throw new PartitionStoppedException(
                $"{_input} begins at offset {start}, but its sessions were built from offset {commit.FromOffset} on: retention removed what a replay needs; keep events longer, and restore the log from a backup");
        }
        if (_position < 0 && commit.FromOffset > start && !commit.Begins)
            throw new PartitionStoppedException($"commit records of {_input} before offset {commit.FromOffset} are missing: restore the log from a backup");
    }

    private async ValueTask RepeatInputAsync(SessionizerCommit commit, CancellationToken cancellation)
    {
        _reader ??= log.OpenReader(_input, commit.FromOffset);
        var range = 0;
        while (_position < commit.ToOffset)
        {
            RepeatRecords(_reader.Records, commit, ref range);
            if (_position >= commit.ToOffset)
                return;
            cancellation.ThrowIfCancellationRequested();
            var before = _reader.Position;
            if (!await _reader.ReadAsync(_patience, cancellation) && _reader.Position == before)
                throw new LogUnavailableException($"{_input}: nothing to read at offset {before} though it goes to {commit.ToOffset}");
            Progress(commit);
        }
    }

    private void RepeatRecords(in RecordSet records, SessionizerCommit commit, ref int range)
    {
        var taken = _position;
        var ahead = records.GetEnumerator();
        for (var i = 0; i < Prefetch.Distance && ahead.MoveNext(); i++)
        {
            if (ahead.Current.Offset >= _position && ahead.Current.Offset < commit.ToOffset)
                Rules.Ahead(ahead.Current.Offset, ahead.Current.Value);
        }
        foreach (var record in records)
        {
            if (ahead.MoveNext() && ahead.Current.Offset >= _position && ahead.Current.Offset < commit.ToOffset)
                Rules.Ahead(ahead.Current.Offset, ahead.Current.Value);
            if (record.Offset < _position)
                continue;
            if (record.Offset >= commit.ToOffset)
                break;
            Rules.Take(record.Offset, record.Value, SkippedRanges.VerdictOf(commit.Skipped, ref range, record.Offset));
            _position = record.Offset + 1;
        }
        _records += _position - taken;
        metrics.Replayed(Lanes.OfTopic(ownership.Partition.Topic), _position - taken);
    }

    private void Progress(SessionizerCommit commit)
    {
        status.Position = _position;
        if (time.GetElapsedTime(_shownAt) < _progressEvery)
            return;
        _shownAt = time.GetTimestamp();
        status.End = _reader!.End;
        logger.Replaying(_input, commit.ToOffset, status.End);
    }

    private string PositionsDiffer() => (ownership.Position > _position
        ? $"commit records of {_input} are missing between offsets {_position} and {ownership.Position}, where the group is: restore the log from a backup"
        : $"the group's position of {_input} is {ownership.Position}, the last commit record says {_position}: they are written together, so one of them was reset or lost; restore the log from a backup")
        + Hint();

    private string Hint() => _chain!.Passed is { } passed
        ? $". {passed.Count} records of {_state} do not count; the first one, at offset {passed.Offset}, {passed.Reason}. If a newer version wrote them, start that one"
        : "";
}
