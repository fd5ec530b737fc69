using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Sessions;

/// <summary>The order is that of <c>late_event.avsc</c>.</summary>
public enum LateReason
{
    BeyondLateness,
    ImportEnded,
}

/// <summary>An event that came too late, as spans over somebody else's memory; fields are documented in <c>schemas/late_event.avsc</c>, times are milliseconds since 1970 UTC.</summary>
public ref struct LateEvent
{
    /// <summary>CRC-64-AVRO of <c>late_event.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0x8C67E1373D483885;

    public LateReason Reason;
    public ReadOnlySpan<byte> InputTopic;
    public int InputPartition;
    public long InputOffset;
    public long Horizon;
    public ReadOnlySpan<byte> Event;

    public static bool Is(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint == Fingerprint;

    /// <summary>Bytes that <see cref="Encode"/> may need at most.</summary>
    public readonly int MaxLength =>
        AvroWriter.HeaderLength + 4 * 10 + 2 * 5 + InputTopic.Length + Event.Length;

    public readonly int Encode(Span<byte> target)
    {
        var writer = new AvroWriter(target);
        writer.Header(Fingerprint);
        writer.Long((long)Reason);
        writer.Bytes(InputTopic);
        writer.Long(InputPartition);
        writer.Long(InputOffset);
        writer.Long(Horizon);
        writer.Bytes(Event);
        return writer.Length;
    }

    /// <summary><see cref="InvalidDataException"/> when the message is of another schema or damaged.</summary>
    public static LateEvent Decode(ReadOnlySpan<byte> message)
    {
        if (!Is(message))
            throw new InvalidDataException("not a message of late_event.avsc");
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        return new LateEvent
        {
            Reason = (LateReason)reader.Enum(2),
            InputTopic = reader.Bytes(),
            InputPartition = reader.Int(),
            InputOffset = reader.Long(),
            Horizon = reader.Long(),
            Event = reader.Bytes(),
        };
    }
}
