using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Traffic;
using Tidemark.Local.Import.AccessLog;

namespace Tidemark.EndToEnd.Tests.Data;

public sealed class WebLogImportTests : IDisposable
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

    private static async Task<string> ImportAsync(string data, string file)
    {
        var import = await Shell.LocalAsync("import", file, "--format", "access-log", "--data", data);
        Assert.True(import.Status == 0, import.Out + import.Error);
        return import.Out;
    }

    private static async Task<string> SessionsAsync(string data) =>
        WebLogData.Read(VisitorPseudonym.KeyOf(data)).HashOf((await ImportedData.AskAsync(data, SessionSet.Query)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
