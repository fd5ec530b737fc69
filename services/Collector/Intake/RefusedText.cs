using Tidemark.Collector.IntakeTopic;
using Tidemark.Contracts.Avro;

namespace Tidemark.Collector.Intake;

/// <summary>Looks into a refused event for the one thing that says whose it is; the event's own reading may have ended before it.</summary>
internal static class RefusedText
{
    /// <summary>The first field of an event in Avro, of any version.</summary>
    internal static bool TryProject(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> name)
    {
        name = default;
        try
        {
            var reader = new AvroReader(message);
            reader.Skip(AvroWriter.HeaderLength);
            name = reader.Bytes();
        }
        catch (InvalidDataException)
        {
            return false;
        }
        return !name.IsEmpty;
    }
}
