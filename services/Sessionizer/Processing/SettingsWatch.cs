using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// Looks at the newest commit records of the partitions that others own: sessionizers of one group have to have the same settings, or a visitor's sessions depend on who owns the
/// partition. Who differs is named; nothing else is done, since a rolling change of settings goes through that state.
/// </summary>
internal sealed class SettingsWatch(IEventLog log, SessionizerOptions options, TimeProvider time, ILogger<SettingsWatch> logger) : BackgroundService
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>Records at the end of a partition that are looked through; both lanes write there.</summary>
    private const int Newest = 100;

    private readonly long _own = options.Settings.Hash;
    private string _told = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_every, time, stoppingToken);
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>One look at all partitions; names those that differ when they are not the ones that it named last.</summary>
    internal async Task LookAsync(CancellationToken cancellation)
    {
        if (log.Assignment(SessionizerService.Group) is not { } own)
            return;
        var others = new List<string>();
        try
        {
            for (var p = 0; p < log.PartitionCount(Topics.Events); p++)
            {
                if (own.Contains(new TopicPartition(Topics.Events, p)) && own.Contains(new TopicPartition(Topics.History, p)))
                    continue;
                foreach (var commit in (await NewestAsync(p, cancellation)).Where(commit => !own.Contains(new TopicPartition(commit.InputTopic, p)) && Differs(commit)))
                    others.Add($"{commit.InputTopic}/{p} (gap {commit.Settings.GapMs} ms, disorder {commit.Settings.DisorderMs} ms, lateness {commit.Settings.LatenessMs} ms)");
            }
        }
        catch (LogException)
        {
            // At the next look.
            return;
        }
        var text = string.Join(", ", others);
        if (text.Length > 0 && text != _told)
            logger.SettingsDiffer(text, options.Settings.General.GapMs, options.Settings.General.DisorderMs, options.Settings.General.LatenessMs, options.Projects.Count);
        _told = text;
    }

    private bool Differs(SessionizerCommit commit) => commit.SettingsHash != 0 && commit.SettingsHash != _own;

    /// <summary>The newest commit record of each lane.</summary>
    private async Task<IEnumerable<SessionizerCommit>> NewestAsync(int partition, CancellationToken cancellation)
    {
        var newest = new Dictionary<string, SessionizerCommit>();
        var state = new TopicPartition(Topics.SessionizerState, partition);
        var range = await log.RangeAsync(state, cancellation);
        if (range.Start == range.End)
            return [];
        using var reader = log.OpenReader(state, Math.Max(range.Start, range.End - Newest));
        while (reader.Position < range.End && await reader.ReadAsync(_patience, cancellation))
            Collect(reader.Records, partition, newest);
        return newest.Values;
    }

    private static void Collect(in RecordSet records, int partition, Dictionary<string, SessionizerCommit> newest)
    {
        foreach (var record in records)
        {
            if (!SessionizerCommit.Is(record.Value))
                continue;
            try
            {
                var commit = SessionizerCommit.Decode(record.Value);
                if (commit.InputPartition == partition && commit.Writer != 0)
                    newest[commit.InputTopic] = commit;
            }
            catch (Exception broken) when (broken is InvalidDataException or OverflowException)
            {
                // Whoever owns the partition tells.
            }
        }
    }
}
