using System.Globalization;
using Avro;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;
using Tidemark.Contracts.Tests.Codecs;
using Tidemark.SchemaCode.Schemas;

namespace Tidemark.Contracts.Tests.Schemas;

/// <summary>
/// What keeps old messages readable. To change a schema: change <c>schemas/NAME.avsc</c> and run tools/SchemaCode: it keeps the new version as
/// <c>schemas/history/NAME/FINGERPRINT.avsc</c> and generates code that reads all versions. A file under <c>history</c> is never edited or removed.
/// </summary>
public sealed class SchemaTests
{
    public static TheoryData<string> Names => [.. SchemaFiles.Current];

    [Fact]
    public void Every_Schema_HasACodec() => Assert.Equal(SchemaFiles.Current, Codec.All.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Fingerprint_OfTheSpecificationsOwnExamples_IsKnown()
    {
        // From Avro's shared test data (share/test/data/schema-tests.txt).
        Assert.Equal(7195948357588979594L, (long)CanonicalForm.Fingerprint("\"null\""));
        Assert.Equal(-6970731678124411036L, (long)CanonicalForm.Fingerprint("{\"type\":\"boolean\"}"));
        Assert.Equal(8247732601305521295L, (long)CanonicalForm.Fingerprint("\"int\""));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fingerprint_InTheCodec_IsThatOfTheFile(string name)
    {
        var json = SchemaFiles.Read(name);
        Assert.Equal(CanonicalForm.Of(json), SchemaNormalization.ToParsingForm(Schema.Parse(json)));
        Assert.Equal(Codec.All[name].Fingerprint, CanonicalForm.Fingerprint(json));
        Assert.Equal(Codec.All[name].Fingerprint, (ulong)SchemaNormalization.ParsingFingerprint64(Schema.Parse(json)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_Field_IsDocumented(string name)
    {
        var schema = (RecordSchema)Schema.Parse(SchemaFiles.Read(name));
        Assert.False(string.IsNullOrWhiteSpace(schema.Documentation));
        Assert.All(schema.Fields, f => Assert.False(string.IsNullOrWhiteSpace(f.Documentation), f.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Released_Versions_StayAsTheyWereAndReadable(string name)
    {
        var current = SchemaFiles.Read(name);
        var history = SchemaFiles.History(name);
        Assert.True(
            history.Any(h => Parse(h.Fingerprint) == CanonicalForm.Fingerprint(current)),
            $"{name}.avsc is not released: run `dotnet run --project tools/SchemaCode`, which writes schemas/history/{name}/{CanonicalForm.Fingerprint(current):X16}.avsc");
        var reader = SchemaFiles.Plain(current);
        foreach (var (fingerprint, json) in history)
        {
            Assert.True(Parse(fingerprint) == CanonicalForm.Fingerprint(json), $"history/{name}/{fingerprint}.avsc was edited");
            var writer = SchemaFiles.Plain(json);
            Assert.True(reader.CanRead(writer), $"{name}.avsc cannot read its version {fingerprint}");
            KeepsSymbols(writer, reader);
            var header = new byte[AvroWriter.HeaderLength];
            new AvroWriter(header).Header(Parse(fingerprint));
            Assert.True(Codec.All[name].Knows(header), $"the codec of {name} does not know version {fingerprint}");
            var random = new Random(1);
            for (var i = 0; i < 20; i++)
                Generic.Read(writer, reader, Generic.Write(RandomRecords.Next((RecordSchema)writer, random), Parse(fingerprint)));
        }
    }

    [Fact]
    public void Enums_HaveTheSymbolsInTheSchemasOrder()
    {
        AssertSame<EventKind>("event", "EventKind");
        AssertSame<EventType>("event", "EventType");
        AssertSame<CloseReason>("session", "CloseReason");
        AssertSame<LateReason>("late_event", "LateReason");
        AssertSame<ImportState>("import_note", "ImportState");
        AssertSame<SkipReason>("sessionizer_commit", "SkipReason");
    }

    private static void AssertSame<T>(string schema, string name)
        where T : struct, Enum
    {
        var symbols = Enums(Schema.Parse(SchemaFiles.Read(schema))).Single(e => e.Name == name).Symbols;
        Assert.Equal(symbols.Select(s => s.Replace("_", "", StringComparison.Ordinal)), Enum.GetNames<T>().Select(n => n.ToLowerInvariant()));
        Assert.Equal(Enumerable.Range(0, symbols.Count), Enum.GetValues<T>().Select(v => Convert.ToInt32(v, CultureInfo.InvariantCulture)));
    }

    /// <summary>Codes of symbols are stored in tables, so new symbols come behind the old ones.</summary>
    private static void KeepsSymbols(Schema old, Schema current)
    {
        foreach (var before in Enums(old))
            Assert.Equal(before.Symbols, Enums(current).Single(e => e.Fullname == before.Fullname).Symbols.Take(before.Symbols.Count));
    }

    private static IEnumerable<EnumSchema> Enums(Schema schema) => schema switch
    {
        EnumSchema e => [e],
        RecordSchema record => record.Fields.SelectMany(f => Enums(f.Schema)),
        ArraySchema array => Enums(array.ItemSchema),
        MapSchema map => Enums(map.ValueSchema),
        _ => [],
    };

    private static ulong Parse(string fingerprint) => ulong.Parse(fingerprint, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
