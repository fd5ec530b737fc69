namespace Tidemark.ServiceDefaults.Partitions;

/// <summary>One failure of an owned partition, judged.</summary>
/// <param name="Exception">What failed.</param>
/// <param name="Then">What follows.</param>
/// <param name="IsFirst">False when the one before it was followed by the same, and nothing has succeeded in between.</param>
/// <param name="Pause">Until it runs again, without jitter; zero when it runs at once or not at all.</param>
public readonly record struct PartitionFailure(Exception Exception, AfterFailure Then, bool IsFirst, TimeSpan Pause);
