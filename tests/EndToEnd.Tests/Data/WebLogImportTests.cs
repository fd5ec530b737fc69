using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Traffic;
using Tidemark.Local.Import.AccessLog;

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
        var users = Users();
        Assert.Equal(expected.GetProperty("data").GetProperty("users").GetInt32(), users.Count);

        var data = Path.Combine(_folder, "plain");
        var first = await ImportAsync(data, PublicData.WebLog);
        Assert.Contains("imported 9,999 events of 10,000 lines", first, StringComparison.Ordinal);
        Assert.Contains("line 8899", first, StringComparison.Ordinal);
        Assert.Equal(PublicData.SessionHash(expected), await SessionsAsync(data, users));
        Assert.StartsWith("already imported", await ImportAsync(data, PublicData.WebLog), StringComparison.Ordinal);
        Assert.Equal(PublicData.SessionHash(expected), await SessionsAsync(data, users));

        // Events of one second stand in the order of the file, of which a shuffled one knows nothing.
        var transitions = await ImportedData.AskAsync(data, "SELECT from_name, to_name, transitions FROM transitions(project = 'local', t0 = '2015-01-01', t1 = '2016-01-01')");
        Assert.Equal(expected.GetProperty("request_transitions_per_user").GetProperty("sha256").GetString(), SessionSet.HashOf(transitions));

        var shuffled = PublicData.Shuffled(PublicData.WebLog, Path.Combine(_folder, "shuffled.log"), headerLines: 0, seed: 8);
        var other = Path.Combine(_folder, "other");
        await ImportAsync(other, shuffled);
        Assert.Equal(PublicData.SessionHash(expected), await SessionsAsync(other, users));
    }

    private static async Task<string> ImportAsync(string data, string file)
    {
        var import = await Shell.LocalAsync("import", file, "--format", "access-log", "--data", data);
        Assert.True(import.Status == 0, import.Out + import.Error);
        return import.Out;
    }

    /// <summary>The folder's visitors are under its own key; the expected users are of a hash without one.</summary>
    private static async Task<string> SessionsAsync(string data, IReadOnlyList<(string Address, string Agent, string User)> users)
    {
        var pseudonym = new VisitorPseudonym(VisitorPseudonym.KeyOf(data));
        var userOf = new Dictionary<string, string>();
        var visitor = new byte[VisitorPseudonym.Length];
        foreach (var (address, agent, user) in users)
        {
            pseudonym.Write(Encoding.Latin1.GetBytes(address), Encoding.Latin1.GetBytes(agent), visitor);
            userOf.Add(Encoding.ASCII.GetString(visitor), user);
        }
        var rows = (await ImportedData.AskAsync(data, SessionSet.Query)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return SessionSet.HashOf(rows.Select(row => userOf[row[..VisitorPseudonym.Length]] + row[VisitorPseudonym.Length..]));
    }

    private static List<(string Address, string Agent, string User)> Users() =>
        [.. PublicData.Lines(PublicData.WebLog).Select(line => Visit().Match(line)).Where(match => match.Success)
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value)).Distinct()
            .Select(who => (who.Item1, who.Item2 == "-" ? "" : who.Item2, Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes($"{who.Item1} {who.Item2}")).AsSpan(0, 8))))];

    [GeneratedRegex("""^(\S+) .*"([^"]*)"$""")]
    private static partial Regex Visit();
}
