namespace Tidemark.Sessionizer.Snapshots;

/// <summary>A whole snapshot in the log.</summary>
/// <param name="StateOffset">Of its first part, on <c>sessionizer.state</c>; the commit records that continue it stand behind that.</param>
/// <param name="ToOffset">Input offset up to which it has the state.</param>
/// <param name="Writer">Writer of the commit record that ends there.</param>
/// <param name="Data">The state; empty when only its place was asked for.</param>
internal sealed record FoundSnapshot(long StateOffset, long ToOffset, long Writer, ReadOnlyMemory<byte> Data);
