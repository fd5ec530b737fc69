using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.Intake;

/// <summary>The walk against System.Text.Json's own document model, on random events and on random damage to them.</summary>
public sealed class JsonWalkProperties
{
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 2000 };

    [Fact]
    public void Read_RandomEvents_KeepsWhatTheDocumentSays() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        for (var run = 0; run < 2_000; run++)
        {
            var events = Enumerable.Range(0, random.Next(1, 5)).Select(_ => RandomEvent(random)).ToList();
            var array = random.Next(2) == 0;
            var options = new JsonSerializerOptions { WriteIndented = array && random.Next(4) == 0 };
            var texts = events.Select(e => e.ToJsonString(options));
            var body = array ? "[" + string.Join(',', texts) + "]" : string.Join('\n', texts);
            var batch = Batch.Read(body);
            Assert.True(batch.Rejected.Length == 0 && batch.Accepted == events.Count, $"{batch.Code} {batch.Rejected} seed {seed} run {run}: {body}");
            foreach (var json in events)
            {
                var stored = batch.Events.Single(e => e.MessageId == (string?)json["messageId"]);
                Assert.Equal((string?)json["anonymousId"], stored.VisitorId);
                Assert.Equal((string?)json["event"], stored.Event);
                var expected = new Dictionary<string, string>();
                using var document = JsonDocument.Parse(json.ToJsonString(options));
                FlattenTo(expected, "", document.RootElement.GetProperty("properties"));
                var actual = stored.Properties;
                Assert.True(expected.Count == actual.Count && expected.All(p => actual[p.Key] == p.Value), $"seed {seed} run {run}: {body}");
            }
        }
    });

    [Fact]
    public void Read_DamagedEvents_AgreesOnWhatIsJson() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        var counts = new int[3];
        for (var run = 0; run < 20_000; run++)
        {
            var body = Encoding.UTF8.GetBytes("[" + RandomEvent(random).ToJsonString() + "," + RandomEvent(random).ToJsonString() + "]");
            for (var n = random.Next(3); n > 0; n--)
                body = Damage(body, random);
            if (body.AsSpan().TrimStart(" \t\r\n"u8) is not [(byte)'[', ..])
                continue;
            var (valid, strict) = Judge(body);
            var batch = Batch.Read(body);
            var context = $"seed {seed} run {run}: {Encoding.UTF8.GetString(body)}";
            Assert.True(valid == (batch.Code != "json") || !System.Text.Unicode.Utf8.IsValid(body), $"{batch.Code} {context}");
            // A name twice is found wherever properties are flattened; within arrays it is not looked for.
            if (batch.Rejected.Contains("duplicate_key", StringComparison.Ordinal))
                Assert.False(strict, context);
            counts[valid ? strict ? 0 : 1 : 2]++;
        }
        Assert.True(counts[0] > 100 && counts[2] > 1000, string.Join(',', counts));
    });

    [Fact]
    public void Read_AnyBytes_NeverThrows() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        ReadOnlySpan<byte> alphabet = "[]{}\":,\\\n u0aD8123eE+-.tfn\r\t\uFEFF"u8;
        for (var run = 0; run < 30_000; run++)
        {
            var body = new byte[random.Next(60)];
            for (var i = 0; i < body.Length; i++)
                body[i] = random.Next(10) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            try
            {
                Batch.Read(body);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{e.GetType().Name} seed {seed} run {run}: {Convert.ToHexString(body)}");
            }
        }
    });

    private static (bool Valid, bool Strict) Judge(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 2000 });
        }
        catch (JsonException)
        {
            return (false, false);
        }
        try
        {
            using var document = JsonDocument.Parse(body, _strict);
            return (true, true);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (true, false);
        }
    }

    private static byte[] Damage(byte[] body, Random random)
    {
        if (body.Length == 0)
            return body;
        var at = random.Next(body.Length);
        ReadOnlySpan<byte> marks = "[]{}\":,\\ux0 \n"u8;
        return random.Next(4) switch
        {
            0 => [.. body[..at], .. body[(at + 1)..]],
            1 => [.. body[..at], marks[random.Next(marks.Length)], .. body[at..]],
            2 => [.. body[..at], marks[random.Next(marks.Length)], .. body[(at + 1)..]],
            _ => body[..at],
        };
    }

    private static JsonObject RandomEvent(Random random) => new()
    {
        ["type"] = "track",
        ["event"] = RandomText(random, 1),
        ["anonymousId"] = "v" + RandomText(random, 0),
        ["messageId"] = $"m{random.NextInt64()}",
        ["timestamp"] = CollectorHost.Now.AddSeconds(-random.Next(100_000)).ToString("O"),
        ["properties"] = RandomObject(random, 1),
        ["context"] = new JsonObject { ["page"] = new JsonObject { ["title"] = RandomText(random, 0) }, ["other"] = RandomValue(random, 2) },
        ["integrations"] = RandomValue(random, 1),
    };

    private static JsonObject RandomObject(Random random, int level)
    {
        var result = new JsonObject();
        for (var n = random.Next(5); n > 0; n--)
            result[$"{RandomText(random, 1).Replace('.', '_')}{n}"] = RandomValue(random, level + 1);
        return result;
    }

    private static JsonNode? RandomValue(Random random, int level) => random.Next(level < 5 ? 7 : 5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(),
        3 => random.NextDouble() * Math.Pow(10, random.Next(-20, 20)),
        4 => RandomText(random, 0),
        5 => RandomObject(random, level),
        _ => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, level + 1))]),
    };

    private static string RandomText(Random random, int least)
    {
        var text = new StringBuilder();
        for (var n = random.Next(8) + least; n > 0; n--)
            text.Append(new Rune(random.Next(6) switch { 0 => random.Next(1, 32), 1 => random.Next(0xE000, 0x11000), 2 => random.Next(0x80, 0x800), _ => random.Next(32, 127) }));
        return text.ToString();
    }

    private static void FlattenTo(Dictionary<string, string> target, string path, JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
        {
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    FlattenTo(target, path + member.Name + ".", member.Value);
                    break;
                case JsonValueKind.String:
                    target[path + member.Name] = member.Value.GetString()!;
                    break;
                case JsonValueKind.Null:
                    break;
                default:
                    target[path + member.Name] = member.Value.GetRawText();
                    break;
            }
        }
    }
}
