using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tidemark.Collector;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;
using Tidemark.EventLog;
using Tidemark.Local.Export;
using Tidemark.Local.Import;
using Tidemark.Local.Import.Rows;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>What a collector keeps of an event, exported and imported again, is kept as the same event: field by field, whatever the event was.</summary>
public sealed class ExportedEventTests
{
    private const long Now = 1_750_000_000_000;

    private static readonly CollectorOptions _options = new();

    [Fact]
    public void An_exported_event_is_imported_as_it_was() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        var compared = 0;
        for (var run = 0; run < 4_000; run++)
        {
            var sent = RandomEvent(random).ToJsonString();
            if (Taken(sent, Lane.Live) is not { } first)
                continue;
            var line = Exported(first);
            var again = Taken(Imported(line), Lane.History);
            Assert.True(again is not null, $"seed {seed} run {run}: refused: {line} of {sent}");
            var (before, after) = (Told(first), Told(again));
            Assert.True(before == after, $"seed {seed} run {run}:\n{sent}\n{line}\n{before}\n{after}");
            compared++;
        }
        Assert.True(compared > 2_000, $"only {compared} of the events were accepted in the first place");
    });

    [Theory]
    [InlineData("""{"type":"page","anonymousId":"a","properties":{"path":5,"url":true,"title":[1,2],"search":7}}""")]
    [InlineData("""{"type":"track","event":"x","anonymousId":"a","properties":{"path":"/p?q#f","url":"https://h/u","search":"?utm_source=s+t"},"context":{"page":{"path":"/other"}}}""")]
    [InlineData("""{"type":"track","event":"x","anonymousId":"a","properties":{"path":5},"context":{"page":{"path":"/other"}}}""")]
    [InlineData("""{"type":"screen","name":"Home","anonymousId":"a","properties":{"path":"/elsewhere"}}""")]
    [InlineData("""{"type":"page","anonymousId":"a","properties":{"path":"#/inbox?x"}}""")]
    [InlineData("""{"type":"group","userId":"u","groupId":"g","traits":{"plan":"p","address":{"city":"c"}},"properties":{"category":3}}""")]
    [InlineData("""{"type":"track","event":"x","anonymousId":"\u0001 😀 \"\\ é","properties":{"a":{"b":[1,"\n",{"c":null}]},"a.b2":"\t"}}""")]
    [InlineData("""{"type":"track","event":"x","anonymousId":"v","userId":"v","messageId":"m","_stored":{"id":"0000000000000001","bot":true}}""")]
    public void A_peculiar_event_is_imported_as_it_was(string sent)
    {
        var first = Taken(sent, Lane.Live)!;
        Assert.Equal(Told(first), Told(Taken(Imported(Exported(first)), Lane.History)!));
    }

    [Fact]
    public void Names_that_nested_deeply_and_an_event_of_the_largest_size_fit_again()
    {
        var part = new string('n', 200);
        var leaves = string.Join(',', Enumerable.Range(0, 120).Select(i => $"\"leaf{i}\":\"{new string('v', 180)}\""));
        var list = string.Join(',', Enumerable.Repeat("\"a\"", 1000));
        var sent = $$$"""{"type":"track","event":"x","anonymousId":"a","properties":{"{{{part}}}":{"{{{part}}}":{"{{{part}}}":{ {{{leaves}}} } } },"list":[{{{list}}}]}}""";
        Assert.InRange(sent.Length, 25_000, _options.MaxEventBytes);
        var first = Taken(sent, Lane.Live)!;
        Assert.Equal(Told(first), Told(Taken(Imported(Exported(first)), Lane.History)!));
    }

    [Fact]
    public void What_an_export_says_of_an_event_counts_for_nothing_at_the_live_door()
    {
        var told = Told(Taken("""{"type":"track","event":"x","anonymousId":"v","_stored":{"id":"0000000000000001","device":"mobile","bot":true}}""", Lane.Live)!);
        Assert.DoesNotContain("mobile", told, StringComparison.Ordinal);
        Assert.DoesNotContain("True", told, StringComparison.Ordinal);
        Assert.False(told.StartsWith("1;", StringComparison.Ordinal));
    }

    /// <summary>Sent as the third of its request, so that its place is not that of the line it is exported as.</summary>
    private static byte[]? Taken(string json, Lane lane)
    {
        using var append = new AppendRequest("events", 1, null);
        var source = new EventSource(new WriteKey("local"u8.ToArray(), true, null), lane, lane == Lane.History ? "i"u8.ToArray() : [], lane == Lane.History, Now, [], "/"u8.ToArray());
        if (new BatchReader(_options, Random.Shared).Read(Encoding.UTF8.GetBytes(lane == Lane.Live ? $"[0,0,{json}]" : json), source, append) != RejectCode.None || append.Count != 1)
            return null;
        var set = append.Records(0);
        foreach (var record in new RecordSet(set.Data, 0, set.Count, set.BaseTimestampMs))
            return record.Value.ToArray();
        return null;
    }

    private static string Exported(byte[] message)
    {
        EventFields.Decode(message, out var e);
        var output = new ArrayBufferWriter<byte>();
        Assert.True(new EventLine().Write(in e, isLive: true, output), "the line is too long");
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The line as the import command sends it.</summary>
    private static string Imported(string line)
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-line-");
        try
        {
            var file = Path.Combine(folder.FullName, "e.ndjson");
            File.WriteAllText(file, line);
            using var content = new FileReading(new ImportSettings { File = file, Format = ImportFormat.Ndjson, Map = FieldMap.Empty }, "local", folder.FullName, () => []).Read(CancellationToken.None);
            return Encoding.UTF8.GetString(Assert.Single(content.Events.Sorted()).Json.Span);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Everything but the time of receipt, the correction and the import.</summary>
    private static string Told(byte[] message)
    {
        EventFields.Decode(message, out var e);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{e.EventId};{e.OccurredAt};{e.Seq};{e.Kind};{e.Type};{e.Bot}");
        string[] texts =
        [
            Text(e.Project), Text(e.VisitorId), Text(e.UserId), Text(e.Page), Text(e.Event), Text(e.Referrer), Text(e.UtmSource), Text(e.UtmMedium), Text(e.UtmCampaign),
            Text(e.UtmTerm), Text(e.UtmContent), Text(e.Device), Text(e.MessageId), Text(e.Url), Text(e.Title), Text(e.Browser), Text(e.Os), Text(e.AppVersion), Text(e.Locale),
        ];
        var properties = new List<string>();
        var map = new AvroMapEnumerator(e.Properties);
        while (map.MoveNext())
            properties.Add($"{Text(map.Key)}={Text(map.Value)}");
        return text.Append(';').AppendJoin(';', texts).Append(';').AppendJoin(';', properties.Order(StringComparer.Ordinal)).ToString();
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static JsonObject RandomEvent(Random random)
    {
        var json = new JsonObject { ["type"] = Pick(random, "track", "page", "screen", "identify", "group", "alias", "track") };
        Maybe(json, random, "event", 8);
        Maybe(json, random, "name", 3);
        Maybe(json, random, "anonymousId", 8);
        Maybe(json, random, "userId", 4);
        Maybe(json, random, "messageId", 5);
        Maybe(json, random, "groupId", 1);
        Maybe(json, random, "previousId", 1);
        Maybe(json, random, "category", 1);
        if (random.Next(2) == 0)
            json["timestamp"] = DateTimeOffset.FromUnixTimeMilliseconds(Now - random.Next(1_000_000)).ToString("o", CultureInfo.InvariantCulture);
        if (random.Next(3) > 0)
            json["properties"] = RandomProperties(random, 3);
        if (random.Next(4) == 0)
            json["traits"] = RandomProperties(random, 2);
        if (random.Next(3) > 0)
            json["context"] = RandomContext(random);
        return json;
    }

    private static JsonObject RandomContext(Random random)
    {
        var page = new JsonObject();
        foreach (var name in (string[])["path", "url", "title", "referrer", "search"])
            Maybe(page, random, name, 4);
        var campaign = new JsonObject();
        foreach (var name in (string[])["source", "medium", "name", "term", "content"])
            Maybe(campaign, random, name, 2);
        var context = new JsonObject { ["page"] = page, ["campaign"] = campaign, ["app"] = new JsonObject { ["version"] = "1.2" } };
        Maybe(context, random, "locale", 3);
        if (random.Next(2) == 0)
            context["userAgent"] = Pick(random, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile Safari/604.1", "Googlebot/2.1", "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36", "thing");
        return context;
    }

    private static JsonObject RandomProperties(Random random, int depth)
    {
        var json = new JsonObject();
        for (var n = random.Next(5); n > 0; n--)
        {
            var name = Pick(random, "path", "url", "title", "referrer", "search", "category", "groupId", "a", "b.c", "a.b", "é", "x" + random.Next(9));
            json[name] = random.Next(7) switch
            {
                0 when depth > 1 => RandomProperties(random, depth - 1),
                1 => JsonValue.Create(random.Next(1000) / 8.0),
                2 => JsonValue.Create(random.Next(2) == 0),
                3 => new JsonArray(random.Next(9), Text(random), new JsonObject { ["k"] = Text(random) }),
                4 => null,
                _ => JsonValue.Create(Text(random)),
            };
        }
        return json;
    }

    private static void Maybe(JsonObject json, Random random, string name, int ofTen)
    {
        if (random.Next(10) < ofTen)
            json[name] = Text(random);
    }

    private static string Text(Random random) =>
        Pick(random, "/a", "/b?c=d#e", "#/x", "?utm_source=s&utm_term=%20t+u", "https://h.example/p?utm_campaign=c", "https://h.example", "//h/p", "5", "true", "[1]", "", " ", "null", "\"q\"\\\n\t", "😀é", "\u0000x", "Error", "v" + random.Next(5));

    private static string Pick(Random random, params string[] texts) => texts[random.Next(texts.Length)];
}
