namespace Tidemark.Local.Export;

/// <summary>Which events an export is asked for.</summary>
/// <param name="From">First event time, milliseconds since 1970 UTC.</param>
/// <param name="To">First event time that is no longer wanted.</param>
/// <param name="Project">The project; null for all of them.</param>
internal readonly record struct ExportSettings(long From, long To, string? Project = null);
