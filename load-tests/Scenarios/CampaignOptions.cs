namespace Tidemark.LoadTests.Scenarios;

/// <param name="Duration">How long faults go on, round after round; null for one round with each kind once.</param>
/// <param name="Seed">Of the traffic and of the plan of faults.</param>
/// <param name="Brokers">1, or 3 with three copies of everything.</param>
/// <param name="Kinds">Kinds of faults, of <see cref="CampaignPlan.Kinds"/>.</param>
/// <param name="Rate">Events per second.</param>
/// <param name="Partitions">Of the topics.</param>
/// <param name="Hold">How long a fault lasts that is not a pause, about: half of it to one and a half.</param>
/// <param name="Pause">How long a process or a broker is stopped by SIGSTOP; longer than the session timeout for a zombie.</param>
/// <param name="Results">Folder for the results file; null for none.</param>
internal sealed record CampaignOptions(
    TimeSpan? Duration, int Seed, int Brokers, IReadOnlyList<string> Kinds, int Rate, int Partitions, TimeSpan Hold, TimeSpan Pause, string? Results)
{
    /// <summary>Of each service while nothing is done to it: whoever is killed or paused has somebody to take over.</summary>
    internal const int Instances = 2;

    /// <summary>Of each service at most.</summary>
    internal const int MostInstances = 3;

    /// <summary>Two events of a visitor at most this far apart belong together.</summary>
    internal static readonly TimeSpan Gap = TimeSpan.FromSeconds(2);

    /// <summary>The product's default: time without a sign of life after which an instance loses its partitions.</summary>
    internal static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(10);

    internal Dictionary<string, string> Settings => new()
    {
        ["Kafka__ReplicationFactor"] = Brokers == 1 ? "1" : "3",
        ["Kafka__MinInsyncReplicas"] = Brokers == 1 ? "1" : "2",
        ["Sessionizer__Gap"] = "30m",
        ["Sessionizer__Lateness"] = "2m",
        ["Sessionizer__Projects__0__Name"] = "local",
        ["Sessionizer__Projects__0__Gap"] = "2s",
        ["Sessionizer__Projects__0__Disorder"] = "500ms",
        // A lost answer is to be given up while its fault lasts.
        ["Aggregator__RequestTimeout"] = "10s",
    };
}
