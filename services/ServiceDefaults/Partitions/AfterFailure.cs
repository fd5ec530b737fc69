namespace Tidemark.ServiceDefaults.Partitions;

/// <summary>What follows a failure of an owned partition, from the mildest to the hardest.</summary>
public enum AfterFailure
{
    /// <summary>Run again at once: the failure told where to go on.</summary>
    GoOn,

    /// <summary>Run again from the last commit after a pause: memory may be ahead of the log.</summary>
    RollBack,

    /// <summary>Run again after a pause: something does not answer, and comes back by itself.</summary>
    Wait,

    /// <summary>Let go of the partition: it is another member's.</summary>
    LetGo,

    /// <summary>Stop, and keep the partition so that everybody sees it and what waits in it: an operator must act.</summary>
    Stop,
}
