using Avro;
using Avro.Generic;
using Avro.IO;
using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Tests.Codecs;

/// <summary>Apache.Avro's generic writer and reader behind the single-object header.</summary>
internal static class Generic
{
    internal static byte[] Write(GenericRecord record, ulong fingerprint)
    {
        using var stream = new MemoryStream();
        Span<byte> header = stackalloc byte[AvroWriter.HeaderLength];
        new AvroWriter(header).Header(fingerprint);
        stream.Write(header);
        new GenericDatumWriter<GenericRecord>(record.Schema).Write(record, new BinaryEncoder(stream));
        return stream.ToArray();
    }

    internal static GenericRecord Read(Schema writer, Schema reader, byte[] message)
    {
        using var stream = new MemoryStream(message, AvroWriter.HeaderLength, message.Length - AvroWriter.HeaderLength);
        var record = new GenericDatumReader<GenericRecord>(writer, reader).Read(null!, new BinaryDecoder(stream));
        Assert.Equal(stream.Length, stream.Position);
        return record;
    }
}
