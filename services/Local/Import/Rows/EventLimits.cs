namespace Tidemark.Local.Import.Rows;

internal static class EventLimits
{
    /// <summary>Bytes of one event as JSON: the collector's limit is 32 KiB; what the importer adds (line, time) may come on top, the collector decides.</summary>
    public const int LargestEvent = 64 * 1024;
}
