namespace Tidemark.ServiceDefaults.Partitions;

/// <summary>What an owned partition is doing.</summary>
public enum PartitionState
{
    /// <summary>Memory is made what the log says: after the partition was given, and after each failure.</summary>
    Recovering,

    /// <summary>Records are read and committed as they come.</summary>
    Running,

    /// <summary>Nothing goes on until an operator has acted.</summary>
    Stopped,
}
