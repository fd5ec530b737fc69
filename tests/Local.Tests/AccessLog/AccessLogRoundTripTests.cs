using System.Globalization;
using System.Text;
using CsCheck;
using Tidemark.Local.Import;

namespace Tidemark.Local.Tests.AccessLog;

public sealed class AccessLogRoundTripTests
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char["ab\"\\ \té/?[]"], 1, 10].Where(t => t != "-");

    private sealed record Request(string Address, string User, long Second, int Offset, string Path, string Agent, bool Combined);

    private static readonly Gen<Request> Requests = Gen.Select(
        OneOf("192.0.2.1", "2001:db8::1", "client.example.org", "host.example.org:8080 192.0.2.7", "www.example.org 2001:db8::2"),
        OneOf("-", "\"\"", "jane", "Jane Q. Public", "[x]", "j@example.org"),
        Gen.Long[0, 4_000_000_000],
        Gen.Int[-11 * 60, 14 * 60],
        Gen.String[Gen.Char["ab%é\"\\"], 0, 8].Select(p => "/" + p),
        Text,
        Gen.Bool,
        (address, user, second, offset, path, agent, combined) => new Request(address, user, second, offset, path, agent, combined));

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    [Fact]
    public void Read_AnyRequestsAsAServerWritesThem_ComeBackAsTheyWere() =>
        Requests.Array[1, 15].Sample(
            requests =>
            {
                var result = ImportFixture.Read(ImportFormat.AccessLog, string.Concat(requests.Select(Line)));
                Assert.Empty(result.Rejected);
                var expected = requests.Select((r, i) => (r.Second * 1000, (long)i + 1, r.Path, r.Combined ? r.Agent : "")).OrderBy(r => r.Item1).ThenBy(r => r.Item2);
                Assert.Equal(expected, result.Events.Select(e => (e.Time, e.Line, e.Event.Text("context", "page", "path"), e.Event.Text("context", "userAgent"))));
                var visitors = requests.Select(r => (r.Address.Split(' ')[^1], r.Combined ? r.Agent : "")).Distinct().Count();
                Assert.Equal(visitors, result.Events.Select(e => e.Event.Text("anonymousId")).Distinct().Count());
            },
            iter: 500,
            threads: 1);

    private static string Line(Request request)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(request.Second).ToOffset(TimeSpan.FromMinutes(request.Offset));
        var stamp = time.ToString("dd'/'MMM'/'yyyy':'HH':'mm':'ss ", CultureInfo.InvariantCulture) + time.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        var line = $"{request.Address} - {request.User} [{stamp}] \"GET {Escaped(request.Path)} HTTP/1.1\" 200 17";
        return (request.Combined ? $"{line} \"-\" \"{Escaped(request.Agent)}\"" : line) + "\n";
    }

    /// <summary>As Apache writes it: quote and backslash with a backslash in front, control characters and what is not ASCII as \xhh or their letter.</summary>
    private static string Escaped(string text)
    {
        var result = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is (byte)'"' or (byte)'\\')
                result.Append('\\').Append((char)b);
            else if (b == '\t')
                result.Append("\\t");
            else if (b is < 0x20 or >= 0x7f)
                result.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
            else
                result.Append((char)b);
        }
        return result.ToString();
    }
}
