namespace Tidemark.Local.Export;

/// <summary>Which events an export is asked for.</summary>
/// <param name="From">First event time, milliseconds since 1970 UTC.</param>
/// <param name="To">First event time that is no longer wanted.</param>
internal readonly record struct ExportSettings(long From, long To)
{
    public static ExportSettings Everything => new(long.MinValue, long.MaxValue);
}
