using Tidemark.Aggregator.Native;
using Tidemark.Contracts.Avro;

namespace Tidemark.Aggregator.Tables;

internal static class MapRows
{
    /// <summary>Adds a map by its encoded blocks as one row, or throws <see cref="InvalidDataException"/> and adds nothing.</summary>
    public static void AddRow(this MapColumn column, ReadOnlySpan<byte> encoded)
    {
        try
        {
            var map = new AvroMapEnumerator(encoded);
            while (map.MoveNext())
                column.AddEntry(map.Key, map.Value);
        }
        catch
        {
            column.AbandonRow();
            throw;
        }
        column.EndRow();
    }
}
