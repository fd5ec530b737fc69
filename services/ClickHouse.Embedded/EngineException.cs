namespace Tidemark.ClickHouse.Embedded;

/// <summary>Why the engine could not be started or kept; the value is the child's exit status.</summary>
public enum EngineFailure
{
    /// <summary>Anything else.</summary>
    Failed = 70,

    /// <summary>No library for this platform, or it is not installed.</summary>
    NoLibrary = 71,

    /// <summary>Another process has the data folder open.</summary>
    FolderInUse = 72,

    /// <summary>The port is taken.</summary>
    PortTaken = 73,

    /// <summary>The data folder cannot be written: no right to, or the disk is full.</summary>
    FolderNotWritable = 74,
}

/// <summary>One clear line for the user, and the exit status that goes with it.</summary>
public sealed class EngineException(EngineFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What failed; <c>(int)Failure</c> is the exit status.</summary>
    public EngineFailure Failure { get; } = failure;
}
