using Tidemark.Sessionizer;

namespace Tidemark.Local.Configuration;

/// <summary>Settings of the local edition. Each comes from the command line, else the environment, else the configuration file, else the default.</summary>
internal sealed record LocalOptions
{
    /// <summary>Folder of everything: log, engine, keys. Default: <see cref="DataFolder.Default"/>.</summary>
    public required string Data { get; init; }

    /// <summary>Port of the collector on 127.0.0.1; 0 lets the system pick one. Default 8080.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>Port of ClickHouse's HTTP interface on 127.0.0.1; 0 lets the system pick one. Default 8123.</summary>
    public int SqlPort { get; init; } = 8123;

    /// <summary>Inactivity gap: two events of a visitor at most this far apart belong together. Default 30 min.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How far events may be out of order before a session closes too early and needs a correction. Default 30 s, or the gap when that is shorter: else a gap of seconds would close after half a minute.</summary>
    public TimeSpan Disorder { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How far behind the horizon an event still counts. Default 2 h.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Longest session. Default 12 h.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Projects whose sessions go by settings of their own; what is not set falls to the general ones. Default: none.</summary>
    public IReadOnlyList<ProjectSessionOptions> Projects { get; init; } = [];

    /// <summary>What the engine may use, MiB; 512 at least. Default 1,024.</summary>
    public int EngineMemory { get; init; } = 1024;

    /// <summary>Names and addresses that requests to both ports may ask for, beside those of loopback; see <see cref="HttpHardening.Pages.ServedHosts"/>. Default: none.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins whose pages may send events with the key <c>local</c>, beside pages that this machine serves. Default: none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Origins whose pages may use the SQL port and read its answers; nobody's may otherwise, pages of this machine included. Default: none.</summary>
    public IReadOnlyList<string> SqlAllowedOrigins { get; init; } = [];

    /// <summary>Identities of logs that were deleted and made anew, and are to be loaded beside the rows that are there; the message that asks for it names one. Default: none.</summary>
    public IReadOnlyList<string> BeginAnew { get; init; } = [];

    /// <summary>Names of the options that somebody gave, wherever: a port that was asked for is never exchanged for another.</summary>
    public IReadOnlySet<string> Given { get; init; } = new HashSet<string>();
}
