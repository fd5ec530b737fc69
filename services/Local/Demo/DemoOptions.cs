namespace Tidemark.Local.Demo;

/// <summary>What the demo is asked to do besides what every command can be told.</summary>
internal sealed record DemoOptions
{
    /// <summary>Ends after the tables. Default: goes on serving until Ctrl-C.</summary>
    public bool Exit { get; init; }

    /// <summary>Seed of the traffic. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Empties the data folder first, also one that somebody named, if a demo made it. Default: a folder that was named is kept.</summary>
    public bool Reset { get; init; }

    /// <summary>True when the data folder is the demo's own and begins empty; false when somebody named one, of which nothing is deleted.</summary>
    public bool OwnFolder { get; init; }
}
