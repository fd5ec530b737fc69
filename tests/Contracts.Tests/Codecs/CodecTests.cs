using Avro;
using Avro.Generic;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Sessions;
using Tidemark.Contracts.Tests.Schemas;

namespace Tidemark.Contracts.Tests.Codecs;

/// <summary>Our codecs against Apache.Avro's generic reader and writer, on random records of every schema.</summary>
public sealed class CodecTests
{
    private const int Records = 2_000;

    public static TheoryData<string> Names => [.. SchemaFiles.Current];

    [Theory]
    [MemberData(nameof(Names))]
    public void Codec_AgreesWithApacheAvroByteForByteAndFieldByField(string name) => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        var codec = Codec.All[name];
        var schema = (RecordSchema)SchemaFiles.Plain(SchemaFiles.Read(name));
        for (var run = 0; run < Records; run++)
        {
            var record = RandomRecords.Next(schema, random);
            var theirs = Generic.Write(record, codec.Fingerprint);
            var fields = codec.Fields(theirs);
            Assert.Equal(schema.Fields.Select(f => f.Name), fields.Keys);
            foreach (var field in schema.Fields)
                Assert.True(Same(record[field.Name], fields[field.Name]), $"{name}.{field.Name}, seed {seed} run {run}");
            var ours = codec.WriteAgain(theirs);
            Assert.True(theirs.AsSpan().SequenceEqual(ours), $"{name}, seed {seed} run {run}: {Convert.ToHexString(theirs)}");
            var read = Generic.Read(schema, schema, ours);
            foreach (var field in schema.Fields)
                Assert.True(Same(read[field.Name], fields[field.Name]), $"{name}.{field.Name} read by Apache.Avro, seed {seed} run {run}");
        }
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void EarlierVersions_AreReadAsApacheAvroReadsThem(string name)
    {
        var codec = Codec.All[name];
        var current = (RecordSchema)SchemaFiles.Plain(SchemaFiles.Read(name));
        var random = new Random(11);
        foreach (var (fingerprint, json) in SchemaFiles.History(name))
        {
            var old = (RecordSchema)SchemaFiles.Plain(json);
            for (var run = 0; run < 100; run++)
            {
                var message = Generic.Write(RandomRecords.Next(old, random), Convert.ToUInt64(fingerprint, 16));
                var read = Generic.Read(old, current, message);
                var fields = codec.Fields(message);
                foreach (var field in current.Fields)
                    Assert.True(Same(read[field.Name], fields[field.Name]), $"{fingerprint}.{field.Name}, run {run}");
            }
        }
    }

    [Fact]
    public void SessionizerCommit_OfAnEarlierVersion_IsReadWithTheDefaultsOfWhatItLacks()
    {
        var random = new Random(3);
        var codec = Codec.All["sessionizer_commit"];
        foreach (var (fingerprint, json) in SchemaFiles.History("sessionizer_commit"))
        {
            var schema = (RecordSchema)SchemaFiles.Plain(json);
            for (var run = 0; run < 200; run++)
            {
                var record = RandomRecords.Next(schema, random);
                var fields = codec.Fields(Generic.Write(record, Convert.ToUInt64(fingerprint, 16)));
                foreach (var field in schema.Fields)
                    Assert.True(Same(record[field.Name], fields[field.Name]), $"{fingerprint}.{field.Name}, run {run}");
                if (!schema.Fields.Exists(f => f.Name == "projects"))
                {
                    Assert.Empty((ProjectSettings[])fields["projects"]);
                    Assert.False((bool)fields["projects_as_before"]);
                    Assert.Empty((ProjectHorizon[])fields["idle_projects"]);
                }
                if (!schema.Fields.Exists(f => f.Name == "writer"))
                    Assert.Equal(("", false, 0L, 0L), ((string)fields["topic_id"], (bool)fields["begins"], (long)fields["writer"], (long)fields["writer_before"]));
            }
        }
    }

    [Fact]
    public void Event_OfTheVersionWithoutSeq_IsReadAsApacheAvroReadsIt()
    {
        var codec = Codec.All["event"];
        var (fingerprint, json) = SchemaFiles.History("event").Single(h => h.Fingerprint == "E3D596346B6EF432");
        var (old, current) = ((RecordSchema)SchemaFiles.Plain(json), (RecordSchema)SchemaFiles.Plain(SchemaFiles.Read("event")));
        var random = new Random(5);
        for (var run = 0; run < 200; run++)
        {
            var message = Generic.Write(RandomRecords.Next(old, random), Convert.ToUInt64(fingerprint, 16));
            var read = Generic.Read(old, current, message);
            var fields = codec.Fields(message);
            foreach (var field in current.Fields)
                Assert.True(Same(read[field.Name], fields[field.Name]), $"{field.Name}, run {run}");
            Assert.Equal(0, fields["seq"]);
        }
    }

    [Fact]
    public void Event_ReadWithItsLogicalTypes_HasTheTimes()
    {
        var schema = (RecordSchema)Schema.Parse(SchemaFiles.Read("event"));
        var e = new EventFields { OccurredAt = 1_714_557_600_123, ReceivedAt = -1, VisitorId = "v"u8 };
        var target = new byte[e.MaxLength];
        var record = Generic.Read(schema, schema, target[..e.Encode(target)]);
        Assert.Equal(DateTime.UnixEpoch.AddMilliseconds(1_714_557_600_123), record["occurred_at"]);
        Assert.Equal(DateTime.UnixEpoch.AddMilliseconds(-1), record["received_at"]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_CutOrDamaged_GivesInvalidDataOnly(string name) => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        var codec = Codec.All[name];
        var schema = (RecordSchema)SchemaFiles.Plain(SchemaFiles.Read(name));
        var refused = 0;
        for (var run = 0; run < 300; run++)
        {
            var message = Generic.Write(RandomRecords.Next(schema, random), codec.Fingerprint);
            for (var n = 0; n < 40; n++)
            {
                var bad = (byte[])message.Clone();
                if (n % 2 == 0)
                    bad = bad[..random.Next(bad.Length)];
                for (var flips = n % 2 == 0 ? 0 : random.Next(1, 4); flips > 0; flips--)
                    bad[random.Next(AvroWriter.HeaderLength, bad.Length)] = (byte)random.Next(256);
                try
                {
                    codec.Fields(bad);
                }
                catch (InvalidDataException)
                {
                    refused++;
                }
                catch (ArgumentException e) when (e.Message.Contains("same key", StringComparison.Ordinal))
                {
                    // Two keys of the map became equal: the test's dictionary, not the codec.
                }
                catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"{e.GetType().Name} in {name}, seed {seed} run {run}: {Convert.ToHexString(bad)}");
                }
            }
        }
        Assert.True(refused > 300 * 20, $"only {refused} were refused");
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_OtherSchema_IsRefused(string name)
    {
        var codec = Codec.All[name];
        foreach (var (other, theirs) in Codec.All.Where(c => c.Key != name))
        {
            var header = new byte[100];
            new AvroWriter(header).Header(theirs.Fingerprint);
            Assert.False(codec.Knows(header), other);
            Assert.Throws<InvalidDataException>(() => codec.Fields(header));
        }
        Assert.Throws<InvalidDataException>(() => codec.Fields([]));
        Assert.Throws<InvalidDataException>(() => codec.Fields(new byte[9]));
    }

    [Fact]
    public void Map_InSeveralBlocksWithSizes_IsWalked()
    {
        Span<byte> buffer = stackalloc byte[64];
        var writer = new AvroWriter(buffer);
        writer.Long(1);
        writer.Bytes("a"u8);
        writer.Bytes("1"u8);
        writer.Long(-2);
        writer.Long(8);
        writer.Bytes("b"u8);
        writer.Bytes("2"u8);
        writer.Bytes("c"u8);
        writer.Bytes("3"u8);
        writer.Long(0);
        var map = new AvroMapEnumerator(buffer[..writer.Length]);
        var seen = "";
        while (map.MoveNext())
            seen += $"{(char)map.Key[0]}{(char)map.Value[0]} ";
        Assert.Equal("a1 b2 c3 ", seen);
    }

    [Fact]
    public void EventAndSession_WarmedUp_AllocateNothing()
    {
        var events = (RecordSchema)SchemaFiles.Plain(SchemaFiles.Read("event"));
        var sessions = (RecordSchema)SchemaFiles.Plain(SchemaFiles.Read("session"));
        var anEvent = Generic.Write(RandomRecords.Next(events, new Random(7)), EventFields.Fingerprint);
        var aSession = Generic.Write(RandomRecords.Next(sessions, new Random(7)), SessionFields.Fingerprint);
        var target = new byte[64 << 10];
        var absorbed = new long[512];
        long sum = 0;
        long allocated = 0;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++)
            {
                sum += EventFields.DecodePrefix(anEvent, out var prefix) + prefix.VisitorId.Length;
                EventFields.Decode(anEvent, out var e);
                var map = new AvroMapEnumerator(e.Properties);
                while (map.MoveNext())
                    sum += map.Value.Length;
                sum += e.Encode(target);
                sum += EventIds.OfMessage(e.Project, e.VisitorId, e.MessageId);
                SessionFields.Decode(aSession, ref absorbed, out var s);
                sum += s.Encode(target);
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.NotEqual(0, sum);
        Assert.Equal(0, allocated);
    }

    private static bool Same(object generic, object ours) => (generic, ours) switch
    {
        (GenericEnum symbol, int index) => ((EnumSchema)symbol.Schema).Ordinal(symbol.Value) == index,
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (IDictionary<string, object> a, Dictionary<string, string> b) => a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var value) && value == (string)p.Value),
        (object[] a, long[] b) => a.Cast<long>().SequenceEqual(b),
        (object[] a, SkippedRange[] b) => a.Length == b.Length && a.Cast<GenericRecord>().Zip(b).All(p =>
            (long)p.First["offset"] == p.Second.Offset && (int)p.First["count"] == p.Second.Count && Same(p.First["reason"], (int)p.Second.Reason)),
        (GenericRecord a, SessionSettings b) => (long)a["gap_ms"] == b.GapMs && (long)a["disorder_ms"] == b.DisorderMs && (long)a["lateness_ms"] == b.LatenessMs
            && (long)a["max_duration_ms"] == b.MaxDurationMs && (int)a["max_events"] == b.MaxEvents,
        (object[] a, ProjectSettings[] b) => a.Length == b.Length && a.Cast<GenericRecord>().Zip(b).All(p =>
            (string)p.First["project"] == p.Second.Project && Same(p.First["settings"], p.Second.Settings)),
        (object[] a, ProjectHorizon[] b) => a.Length == b.Length && a.Cast<GenericRecord>().Zip(b).All(p =>
            (string)p.First["project"] == p.Second.Project && (long)p.First["horizon"] == p.Second.Horizon),
        _ => generic.Equals(ours),
    };
}
