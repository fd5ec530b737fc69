using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Traffic;
using Tidemark.Local.Configuration;

namespace Tidemark.EndToEnd.Tests.Data;

public sealed partial class WebLogImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task The_imported_web_log_has_the_expected_sessions_also_shuffled_and_a_second_import_changes_nothing()
    {
        PublicData.SkipWithout();
        var expected = PublicData.Expected("apache_logs");

        var data = Path.Combine(_folder, "plain");
        var first = await ImportAsync(data, PublicData.WebLog);
        Assert.Contains("imported 9,999 events of 10,000 lines", first, StringComparison.Ordinal);
        Assert.Contains("line 8899", first, StringComparison.Ordinal);
        Assert.Equal(PublicData.SessionHash(expected), await SessionsAsync(data));
        await EntersAndLeavesByTheFileAsync(data, expected.GetProperty("sessions_30m").GetProperty("sessions").GetInt32());
        Assert.StartsWith("already imported", await ImportAsync(data, PublicData.WebLog), StringComparison.Ordinal);
        Assert.Equal(PublicData.SessionHash(expected), await SessionsAsync(data));

        // Events of one second stand in the order of the file, of which a shuffled one knows nothing.
        var transitions = await ImportedData.AskAsync(data, "SELECT from_name, to_name, transitions FROM transitions(project = 'local', t0 = '2015-01-01', t1 = '2016-01-01')");
        Assert.Equal(expected.GetProperty("request_transitions_per_user").GetProperty("sha256").GetString(), SessionSet.HashOf(transitions));

        var shuffled = PublicData.Shuffled(PublicData.WebLog, Path.Combine(_folder, "shuffled.log"), headerLines: 0, seed: 8);
        var other = Path.Combine(_folder, "other");
        await ImportAsync(other, shuffled);
        Assert.Equal(PublicData.SessionHash(expected), await SessionsAsync(other));
    }

    /// <summary>
    /// The log has whole seconds. Every session enters and leaves on the page that a batch over the table gives, and on the one that the file's lines give.
    /// </summary>
    private static async Task EntersAndLeavesByTheFileAsync(string data, int sessions)
    {
        var stored = await RowsAsync(data, "SELECT visitor_id, toUnixTimestamp64Milli(started_at), entry_page, exit_page FROM sessions");
        Assert.Equal(sessions, stored.Count);
        Assert.Equal(stored, await RowsAsync(data, Batch));
        var pseudonym = new VisitorPseudonym(VisitorPseudonym.KeyOf(data));
        var visitor = new byte[VisitorPseudonym.Length];
        var lines = PublicData.Lines(PublicData.WebLog).Select(line => Request().Match(line)).Where(match => match.Success).Select(match =>
        {
            pseudonym.Write(Encoding.Latin1.GetBytes(match.Groups[1].Value), Encoding.Latin1.GetBytes(match.Groups[4].Value == "-" ? "" : match.Groups[4].Value), visitor);
            var time = DateTime.ParseExact(match.Groups[2].Value, "dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture);
            return (Visitor: Encoding.ASCII.GetString(visitor), Ms: (long)(time - DateTime.UnixEpoch).TotalMilliseconds, Page: match.Groups[3].Value);
        });
        var expected = new List<string>();
        foreach (var requests in lines.GroupBy(line => line.Visitor).Select(group => group.OrderBy(line => line.Ms).ToList()))
        {
            for (int from = 0, to = 1; from < requests.Count; from = to++)
            {
                while (to < requests.Count && requests[to].Ms - requests[to - 1].Ms <= 1_800_000)
                    to++;
                expected.Add($"{requests[from].Visitor}\t{requests[from].Ms}\t{requests[from].Page}\t{requests[to - 1].Page}");
            }
        }
        Assert.Equal(expected.Order(StringComparer.Ordinal), stored);
    }

    private const string Batch =
        """
        SELECT visitor_id, min(ms), argMin(page, (ms, seq, event_id)), argMax(page, (ms, seq, event_id))
        FROM
        (
            SELECT *, sum(cut) OVER (PARTITION BY visitor_id ORDER BY ms, seq, event_id ROWS UNBOUNDED PRECEDING) AS session
            FROM
            (
                SELECT visitor_id, toUnixTimestamp64Milli(occurred_at) AS ms, seq, event_id, page,
                       ms - lagInFrame(ms, 1, 0) OVER (PARTITION BY visitor_id ORDER BY ms, seq, event_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) > 1800000 AS cut
                FROM events
            )
        )
        GROUP BY visitor_id, session
        """;

    private static async Task<List<string>> RowsAsync(string data, string query) =>
        [.. (await ImportedData.AskAsync(data, query)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    [GeneratedRegex("""^(\S+) \S+ \S+ \[([^ ]+) \+0000\] "\S+ ([^ ?#"]*)[^"]*" .*"([^"]*)"$""")]
    private static partial Regex Request();

    private static async Task<string> ImportAsync(string data, string file)
    {
        var import = await LocalCommand.RunAsync("import", file, "--format", "access-log", "--data", data);
        Assert.True(import.Status == 0, import.Out + import.Error);
        return import.Out;
    }

    private static async Task<string> SessionsAsync(string data) =>
        WebLogData.Read(VisitorPseudonym.KeyOf(data)).HashOf((await ImportedData.AskAsync(data, SessionSet.Query)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
