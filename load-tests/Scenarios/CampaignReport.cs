using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tidemark.Testing;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>The figures of a campaign.</summary>
internal sealed class CampaignReport(CampaignOptions options)
{
    private readonly List<(string Kind, TimeSpan Lasted, TimeSpan Ready)> _faults = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>From the last acknowledged event, after the last fault, until everything added up.</summary>
    internal TimeSpan Consistent { get; set; }

    /// <param name="step">What was done.</param>
    /// <param name="lasted">Until it was healed.</param>
    /// <param name="ready">From then until every service said that it was ready.</param>
    internal void Add(CampaignStep step, TimeSpan lasted, TimeSpan ready)
    {
        _faults.Add((step.Kind, lasted, ready));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  healed after {lasted.TotalSeconds:F1} s, everybody ready {ready.TotalSeconds:F1} s later"));
    }

    /// <summary>Prints it, and writes it to the results when there is a folder for them.</summary>
    /// <exception cref="ScenarioFailedException">A client was answered what it must never hear.</exception>
    internal async Task WriteAsync(CampaignTraffic traffic, CommittedReader reader, CampaignFaults faults, CampaignCheck check)
    {
        var text = Text(await CommitAsync(), traffic, reader, faults, check);
        Console.Write(text);
        if (options.Results is { } folder)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "campaign.md"), text);
        }
        var wrong = traffic.Senders.SelectMany(static sender => sender.Wrong).ToList();
        if (wrong.Count > 0)
            throw new ScenarioFailedException($"{wrong.Count} answers were neither 200 nor 503 with Retry-After: {string.Join('\n', wrong.Take(5))}");
    }

    private static async Task<string> CommitAsync()
    {
        var (status, output, _) = await Shell.RunAsync("git", ["describe", "--always", "--dirty"], RepositoryFolder.Root);
        return status == 0 ? output.Trim() : "unknown";
    }

    private string Text(string commit, CampaignTraffic traffic, CommittedReader reader, CampaignFaults faults, CampaignCheck check)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        var (_, retractions, late) = reader.Counts();
        Line($"# Fault campaign, cluster edition, {DateTime.UtcNow:yyyy-MM-dd}");
        text.AppendLine();
        Line($"Commit {commit}; seed {options.Seed}; {_clock.Elapsed.TotalSeconds:N0} s with {options.Rate} events/s, {options.Brokers} broker(s), {options.Partitions} partitions, {CampaignOptions.Instances} instances of each service; gap {CampaignOptions.Gap.TotalSeconds} s, pauses of {options.Pause.TotalSeconds} s; {Environment.ProcessorCount} cores, everything on them.");
        text.AppendLine();
        text.AppendLine("| figure | value |");
        text.AppendLine("| --- | --- |");
        Line($"| events acknowledged = stored + late | {traffic.Events:N0} = {check.Found.Events:N0} + {late:N0} |");
        Line($"| repeated on purpose, not counted again | {traffic.Repeats:N0} |");
        Line($"| sessions: table = log = batch computation | {check.Found.Sessions:N0} |");
        Line($"| session rows taken back by corrections | {retractions:N0} |");
        Line($"| missing, twice, or never sent | 0 |");
        Line($"| everything adds up, after the last event | {Consistent.TotalSeconds:F1} s |");
        Line($"| answers 503 with Retry-After | {traffic.Senders.Sum(static s => s.Postponed):N0} |");
        Line($"| connections refused, sent again | {traffic.Senders.Sum(static s => s.Refused):N0} |");
        Line($"| requests without an answer, sent again | {traffic.Senders.Sum(static s => s.Unanswered.Count):N0} |");
        foreach (var handOver in faults.HandOvers.GroupBy(static h => h.Kind))
            Line($"| {handOver.Key}: until every partition has committed again (session timeout {CampaignOptions.SessionTimeout.TotalSeconds} s) | {Times(handOver.Select(static h => h.Took))} |");
        text.AppendLine();
        text.AppendLine("| fault | times | healed until everybody is ready |");
        text.AppendLine("| --- | --- | --- |");
        foreach (var kind in _faults.GroupBy(static fault => fault.Kind).OrderBy(static kind => kind.Key, StringComparer.Ordinal))
            Line($"| {kind.Key} | {kind.Count()} | {Times(kind.Select(static fault => fault.Ready))} |");
        return text.ToString();
    }

    private static string Times(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Select(static time => time.TotalSeconds).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{(sorted.Count > 1 ? $"{sorted[sorted.Count / 2]:F1} s in the middle, {sorted[^1]:F1} s at most" : $"{sorted[0]:F1} s")}");
    }
}
