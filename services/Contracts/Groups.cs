namespace Tidemark.Contracts;

/// <summary>Groups of readers of the log, whose committed positions others go by.</summary>
public static class Groups
{
    /// <summary>Cuts events into sessions.</summary>
    public const string Sessionizer = "sessionizer";

    /// <summary>Loads topics into tables: before its position everything is there.</summary>
    public const string Aggregator = "aggregator";
}
