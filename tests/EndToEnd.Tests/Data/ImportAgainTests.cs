using Tidemark.EndToEnd.Tests.Product;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>A file that is imported once more, after a mistake or by mistake: every event of it is counted in what the command says.</summary>
public sealed class ImportAgainTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-again-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_corrected_mapping_is_never_a_silent_success()
    {
        // Of 200 rows 44 have a time in the first column.
        var file = Path.Combine(_folder, "visits.csv");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 200).Select(i => $"v{i % 20},e,{(i < 44 ? At(i) : "")},{At(i)},m{i}").Prepend("id,event,seen,sent,key"));

        var first = await ImportAsync(file, "seen");
        Assert.Equal(0, first.Status);
        Assert.Contains("imported 44 events of 200 lines", first.Out, StringComparison.Ordinal);
        Assert.Contains("rejected   156 lines", first.Out, StringComparison.Ordinal);
        var id = first.Out.Split("(import ")[1].Split(')')[0];

        // The same content under the same id: it has ended.
        var again = await ImportAsync(file, "sent");
        Assert.Equal(0, again.Status);
        Assert.Contains("already imported: 44 events", again.Out, StringComparison.Ordinal);
        Assert.Contains("the file gives 200 events now and 44 were taken then", again.Out, StringComparison.Ordinal);
        Assert.Contains($"import --undo {id}", again.Out, StringComparison.Ordinal);
        Assert.Contains("--import-id NAME", again.Out, StringComparison.Ordinal);

        // A wrong key is wrong, whether or not there is anything to send.
        var stranger = await ImportAsync(file, "sent", "--key", "stranger");
        Assert.Equal(1, stranger.Status);
        Assert.Contains("does not know the write key", stranger.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("already imported", stranger.Out, StringComparison.Ordinal);

        // Under another name what has the same message id counts once, and is told.
        var named = await ImportAsync(file, "sent", "--import-id", "other");
        Assert.Equal(0, named.Status);
        Assert.Contains("imported 156 events of 200 lines", named.Out, StringComparison.Ordinal);
        Assert.Contains("duplicates 44 events were stored before", named.Out, StringComparison.Ordinal);
        var third = await ImportAsync(file, "sent", "--import-id", "third");
        Assert.Contains("imported 0 events of 200 lines", third.Out, StringComparison.Ordinal);
        Assert.Contains("duplicates 200 events were stored before", third.Out, StringComparison.Ordinal);
        Assert.Equal("200\t200\n", await ImportedData.AskAsync(Data, "SELECT count(), uniqExact(event_id) FROM events"));
    }

    [Fact]
    public async Task A_dry_run_shows_rows_and_leaves_nothing()
    {
        var file = Path.Combine(_folder, "a.log");
        await File.WriteAllTextAsync(file, "192.0.2.1 - - [05/Mar/2024:13:00:00 +0000] \"GET /pricing?utm_source=x HTTP/1.1\" 200 5 \"-\" \"ua/1.0\"\nnonsense\n");
        var run = await LocalCommand.RunAsync("import", file, "--format", "access-log", "--dry-run", "--data", Data);
        Assert.True(run.Status == 0, run.Error);
        Assert.Contains("  occurred_at  2024-03-05 13:00:00.000\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("  page         /pricing\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("line 2: rejected, log_format", run.Out, StringComparison.Ordinal);
        Assert.Contains("would import 1 events of 2 lines", run.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));

        // And a folder that no command has worked on is refused instead of made.
        var asked = await LocalCommand.RunAsync("sql", "SELECT 1", "--data", Data);
        Assert.Equal(1, asked.Status);
        Assert.Contains("there is no data in", asked.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    private static string At(int minute) => new DateTime(2024, 5, 1, 10, 0, 0, DateTimeKind.Utc).AddMinutes(minute).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private Task<ShellResult> ImportAsync(string file, string time, params string[] options) =>
        LocalCommand.RunAsync(["import", file, "--map", $"anonymousId=id,event=event,timestamp={time},messageId=key", "--data", Data, .. options]);
}
