using System.Text;
using Tidemark.Aggregator.Tables;
using Tidemark.Contracts;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tests.Tables;

/// <summary>
/// The sessionizer reads the beginning of a record and over the rest, the loader all of it: both have to come to the same verdict about a damaged one, or sessions would count events that no table has.
/// </summary>
public sealed class SameReadingTests
{
    [Fact]
    public void ADamagedRecord_IsReadableForBoth_OrForNeither() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        var (readable, unreadable) = (0, 0);
        for (var run = 0; run < 20_000; run++)
        {
            var message = Damaged(random);
            var sessionizer = Reads(message);
            Assert.True(sessionizer == Loads(message), $"seed {seed}, run {run}: {Convert.ToHexString(message)}");
            if (sessionizer)
                readable++;
            else
                unreadable++;
        }
        Assert.True(readable > 1000 && unreadable > 1000, $"seed {seed}: {readable} readable, {unreadable} not");
    });

    private static bool Reads(byte[] message)
    {
        try
        {
            EventFields.Decode(message, out var e);
            AvroMapEnumerator.Check(e.Properties);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static bool Loads(byte[] message)
    {
        using var records = new RecordSetBuilder();
        records.Add("k"u8, message, 1);
        var block = EventBlock.New();
        block.Begin(new TopicPartition(Topics.Events, 0));
        foreach (var record in new RecordSet(records.Data, 0, records.Count, records.BaseTimestampMs))
            block.Add(in record);
        Assert.Equal(1, block.Rows + block.Unreadable);
        return block.Rows == 1;
    }

    private static byte[] Damaged(Random random)
    {
        Span<byte> map = stackalloc byte[300];
        var properties = new AvroWriter(map);
        var count = random.Next(3);
        if (count > 0)
            properties.Long(count);
        for (var i = 0; i < count; i++)
        {
            properties.Bytes(Encoding.UTF8.GetBytes($"key{i}"));
            properties.Bytes(Encoding.UTF8.GetBytes(new string('v', random.Next(80))));
        }
        properties.Long(0);
        var fields = new EventFields
        {
            Project = "shop"u8,
            VisitorId = "v"u8,
            EventId = random.NextInt64(),
            OccurredAt = 1_790_000_000_000,
            Kind = (EventKind)random.Next(4),
            Type = (EventType)random.Next(6),
            MessageId = "m"u8,
            Url = "https://example.org/"u8,
            Locale = "en"u8,
            Properties = map[..properties.Length],
        };
        var buffer = new byte[fields.MaxLength];
        var message = buffer[..fields.Encode(buffer)];
        return random.Next(3) switch
        {
            0 => message[..random.Next(AvroWriter.HeaderLength, message.Length)],
            1 => [.. message, .. new byte[random.Next(20)]],
            _ => Flipped(message, random),
        };
    }

    private static byte[] Flipped(byte[] message, Random random)
    {
        for (var flips = random.Next(3); flips >= 0; flips--)
            message[random.Next(AvroWriter.HeaderLength, message.Length)] ^= (byte)(1 << random.Next(8));
        return message;
    }
}
