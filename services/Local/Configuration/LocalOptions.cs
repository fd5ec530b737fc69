using System.ComponentModel.DataAnnotations;
using Tidemark.Aggregator;
using Tidemark.Collector;
using Tidemark.Sessionizer;

namespace Tidemark.Local.Configuration;

/// <summary>What the local edition can be told: its own options, which are the public properties here, and the options of the services that it runs.</summary>
internal sealed record LocalOptions
{
    /// <summary>Folder of everything: log, engine, keys. Default: a folder of the user's own.</summary>
    public string Data { get; init; } = "";

    /// <summary>Log what the services do (standard error). Default false.</summary>
    public bool Verbose { get; init; }

    /// <summary>Port of the collector on 127.0.0.1; 0 takes a free one. Default 8080.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>Port of ClickHouse's HTTP interface on 127.0.0.1; 0 takes a free one. Default 8123.</summary>
    public int SqlPort { get; init; } = 8123;

    /// <summary>Memory that the ClickHouse engine may use, MiB; 512 at least. Default 1024.</summary>
    public int EngineMemory { get; init; } = 1024;

    /// <summary>How long the log keeps what is in the tables, counted from its receipt; 0s keeps it for ever. Default 7d.</summary>
    public TimeSpan LogRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Size that the log is cut to once its oldest part is in the tables, MiB; 0 is no limit. Default: a tenth of the disk.</summary>
    public int? LogSize { get; init; }

    /// <summary>Names and addresses that requests to both ports may ask for, beside localhost and 127.0.0.1: for a tunnel, a proxy or a container. Default none.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins whose pages may query and read over the SQL port; nobody's may otherwise, pages of this machine included. Default none.</summary>
    public IReadOnlyList<string> SqlAllowedOrigins { get; init; } = [];

    /// <summary>Key of 64 hex digits that makes visitors of the addresses in access logs. Default: the data folder's own.</summary>
    [DataType(DataType.Password)]
    public string VisitorKey { get; init; } = "";

    /// <summary>Password of the engine's user writer, for an aggregator of its own. Default: one that is made and kept secret.</summary>
    [DataType(DataType.Password)]
    public string WriterPassword { get; init; } = "";

    internal CollectorOptions Collector { get; init; } = LocalSections.CollectorDefaults();

    internal SessionizerOptions Sessionizer { get; init; } = new();

    internal AggregatorOptions Aggregator { get; init; } = LocalSections.AggregatorDefaults();

    /// <summary>Names of the options that somebody gave, wherever: a port that was asked for is never exchanged for another.</summary>
    internal IReadOnlySet<string> Given { get; init; } = new HashSet<string>();

    /// <summary>A line for whoever starts a command; null when there is nothing to say.</summary>
    internal string? Warning { get; init; }

    /// <summary>Whether a ClickHouse server that is there is used instead of the engine.</summary>
    internal bool UsesServer => Given.Contains(OptionTable.ClickHouse);

    // Secrets and paths are nothing for a log.
    public override string ToString() => nameof(LocalOptions);
}
