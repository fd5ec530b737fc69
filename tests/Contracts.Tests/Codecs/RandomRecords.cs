using System.Text;
using Avro;
using Avro.Generic;

namespace Tidemark.Contracts.Tests.Codecs;

/// <summary>Random records of any schema, fond of edges: empty texts, extreme numbers, many-byte characters.</summary>
internal static class RandomRecords
{
    internal static GenericRecord Next(RecordSchema schema, Random random)
    {
        var record = new GenericRecord(schema);
        foreach (var field in schema.Fields)
            record.Add(field.Name, Value(field.Schema, random));
        return record;
    }

    private static object Value(Schema schema, Random random) => schema switch
    {
        RecordSchema record => Next(record, random),
        EnumSchema symbols => new GenericEnum(symbols, symbols.Symbols[random.Next(symbols.Symbols.Count)]),
        ArraySchema array => Enumerable.Range(0, Count(random)).Select(_ => Value(array.ItemSchema, random)).ToArray(),
        MapSchema map => Enumerable.Range(0, Count(random)).ToDictionary(i => $"{Text(random)}#{i}", _ => Value(map.ValueSchema, random)),
        _ => schema.Tag switch
        {
            Schema.Type.String => Text(random),
            Schema.Type.Bytes => Bytes(random),
            Schema.Type.Boolean => random.Next(2) == 0,
            Schema.Type.Int => (int)Number(random, int.MinValue, int.MaxValue),
            Schema.Type.Long => Number(random, long.MinValue, long.MaxValue),
            _ => throw new NotSupportedException(schema.ToString()),
        },
    };

    private static int Count(Random random) => random.Next(3) == 0 ? 0 : random.Next(20) == 0 ? random.Next(300) : random.Next(6);

    private static long Number(Random random, long least, long most) => random.Next(6) switch
    {
        0 => least,
        1 => most,
        2 => random.Next(-70, 70),
        3 => 0,
        _ => random.NextInt64(least, most) >> random.Next(40),
    };

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(4) == 0 ? 0 : random.Next(300)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        var length = random.Next(4) == 0 ? 0 : random.Next(30) == 0 ? random.Next(5000) : random.Next(40);
        for (var i = 0; i < length; i++)
            text.Append(new Rune(random.Next(8) switch { 0 => random.Next(0xE000, 0x110000), 1 => random.Next(0x80, 0xD800), _ => random.Next(0, 128) }));
        return text.ToString();
    }
}
