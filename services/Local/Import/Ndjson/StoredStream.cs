using System.Text.Json;

namespace Tidemark.Local.Import.Ndjson;

/// <summary>Reads from an export's member <c>_stored</c> which stream the event's session belonged to: lane and import.</summary>
internal static class StoredStream
{
    public const int LongestName = 2 * LongestPart + 1;

    // Import ids are at most 64 bytes, lanes have a name of a few; what is longer was not written by an export.
    private const int LongestPart = 64;

    /// <summary>Writes the stream's name, "lane/import", and returns its length; 0 when the value says nothing of the kind.</summary>
    public static int Read(ReadOnlySpan<byte> stored, Span<byte> name)
    {
        if (stored.IsEmpty || stored[0] != '{')
            return 0;
        Span<byte> lane = stackalloc byte[LongestPart];
        Span<byte> import = stackalloc byte[LongestPart];
        var (laneLength, importLength) = (0, 0);
        var reader = new Utf8JsonReader(stored);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isLane = reader.ValueTextEquals("lane"u8);
            var isImport = reader.ValueTextEquals("import"u8);
            reader.Read();
            if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= LongestPart)
            {
                if (isLane)
                    laneLength = reader.CopyString(lane);
                else if (isImport)
                    importLength = reader.CopyString(import);
            }
            reader.Skip();
        }
        if (laneLength == 0)
            return 0;
        lane[..laneLength].CopyTo(name);
        name[laneLength] = (byte)'/';
        import[..importLength].CopyTo(name[(laneLength + 1)..]);
        return laneLength + 1 + importLength;
    }
}
