using System.Diagnostics;
using System.Globalization;
using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;
using Tidemark.Local.Configuration;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>Import, undo and import again by the commands, beside another import and live events, while the product, its engine or the command itself is killed.</summary>
public sealed class UndoTests : IDisposable
{
    private const string Left =
        """
        SELECT (SELECT count() FROM events WHERE visitor_id NOT LIKE 'other-%'), (SELECT count() FROM session_rows WHERE visitor_id NOT LIKE 'other-%'),
               (SELECT count() FROM late_events WHERE visitor_id NOT LIKE 'other-%'), (SELECT count() FROM rejected_events WHERE import_id != 'june')
        """;

    private const string Others =
        "SELECT (SELECT (count(), sum(cityHash64(*))) FROM events WHERE visitor_id LIKE 'other-%'), (SELECT (count(), sum(cityHash64(*))) FROM session_rows WHERE visitor_id LIKE 'other-%'), (SELECT (count(), sum(cityHash64(*))) FROM rejected_events WHERE import_id = 'june')";

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-undo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("simple-onlineshop")]
    [InlineData("apache_logs")]
    public async Task Import_undo_and_import_again_beside_other_data_leaves_each_time_what_is_expected(string data)
    {
        PublicData.SkipWithout();
        await using var product = new LocalProcess(_folder);
        await product.StartAsync(CancellationToken.None);
        await OtherDataAsync(product);
        var others = await product.SqlAsync(Others, CancellationToken.None);

        Assert.StartsWith("imported", await ImportAsync(data), StringComparison.Ordinal);
        await ExpectedAsync(product, data);
        Assert.StartsWith("already imported", await ImportAsync(data), StringComparison.Ordinal);
        for (var time = 0; time < (data == "apache_logs" ? 2 : 1); time++)
        {
            var events = await product.SqlAsync("SELECT count() FROM events WHERE visitor_id NOT LIKE 'other-%'", CancellationToken.None);
            var undone = await UndoAsync(FileOf(data));
            Assert.StartsWith($"undone: {int.Parse(events, CultureInfo.InvariantCulture):N0} events and ", undone, StringComparison.Ordinal);
            await GoneAsync(product);
            Assert.Equal(others, await product.SqlAsync(Others, CancellationToken.None));
            Assert.StartsWith("already undone", await UndoAsync(FileOf(data)), StringComparison.Ordinal);
            product.Kill();
            await product.StartAsync(CancellationToken.None);
            await GoneAsync(product);
            Assert.StartsWith("imported", await ImportAsync(data), StringComparison.Ordinal);
            await ExpectedAsync(product, data);
            Assert.StartsWith("already imported", await ImportAsync(data), StringComparison.Ordinal);
            Assert.Equal(others, await product.SqlAsync(Others, CancellationToken.None));
        }
    }

    [SkippableTheory]
    [InlineData("simple-onlineshop", "product", 31, 1)]
    [InlineData("simple-onlineshop", "engine", 32, 1)]
    [InlineData("apache_logs", "product", 33, 2)]
    [InlineData("apache_logs", "engine", 34, 2)]
    public async Task Killed_in_the_middle_of_the_undo_it_is_finished_and_the_next_import_has_the_expected_sessions(string data, string victim, int seed, int rounds)
    {
        PublicData.SkipWithout();
        var random = new Random(seed);
        await using var product = new LocalProcess(_folder);
        await product.StartAsync(CancellationToken.None);
        await OtherDataAsync(product);
        var others = await product.SqlAsync(Others, CancellationToken.None);
        for (var round = 0; round < rounds; round++)
        {
            Assert.StartsWith("imported", await ImportAsync(data), StringComparison.Ordinal);
            var undoing = Task.Run(() => LocalCommand.RunAsync("import", "--undo", FileOf(data), "--data", _folder));
            // Before, while or after the engine deletes: wherever it hits.
            var begun = $"SELECT count() FROM import_undos WHERE generation = {round}";
            var wanted = random.Next(0, 12);
            await Wait.UntilAsync(
                async () => undoing.IsCompleted || int.Parse(await product.SqlAsync(begun, CancellationToken.None), CultureInfo.InvariantCulture) >= wanted,
                $"{wanted} steps of the undo", pause: TimeSpan.FromMilliseconds(5));
            await Task.Delay(random.Next(0, 60));
            if (victim == "product")
            {
                product.Kill();
                await product.StartAsync(CancellationToken.None);
            }
            else
            {
                using var engine = Process.GetProcessById(product.Children().Single());
                engine.Kill();
            }
            await undoing;
            var (status, said, errors) = await LocalCommand.RunAsync("import", "--undo", FileOf(data), "--data", _folder);
            Assert.True(status == 0, said + errors);
            await GoneAsync(product);
            Assert.Equal(others, await product.SqlAsync(Others, CancellationToken.None));
        }
        await ImportAsync(data);
        await ExpectedAsync(product, data);
    }

    [SkippableFact]
    public async Task Without_a_running_product_the_command_itself_is_killed_and_started_again()
    {
        PublicData.SkipWithout();
        var random = new Random(35);
        await ImportAsync("simple-onlineshop");
        for (var kill = 0; kill < 4; kill++)
        {
            await using var undo = ProgramProcess.StartOurs("tidemark.dll", ["import", "--undo", PublicData.Shop, "--data", _folder]);
            await Task.WhenAny(undo.EndAsync(), Task.Delay(random.Next(1200, 3200)));
            await undo.KillAsync();
        }
        Assert.Contains("undone: ", await UndoAsync(PublicData.Shop), StringComparison.Ordinal);
        Assert.Equal("0\t0\n", await ImportedData.AskAsync(_folder, "SELECT (SELECT count() FROM events), (SELECT count() FROM session_rows)"));
        Assert.Equal(RollupSet.AllRight + "\n", await ImportedData.AskAsync(_folder, RollupSet.WrongKeys));
        Assert.Equal(
            PublicData.SessionHash(PublicData.Expected("simple-onlineshop")), await ImportedData.HashAfterAsync(_folder, PublicData.Shop, PublicData.ShopOptions));
        Assert.Equal(RollupSet.AllRight + "\n", await ImportedData.AskAsync(_folder, RollupSet.WrongKeys));
    }

    [Fact]
    public async Task An_import_that_never_ended_is_undone_and_what_is_sent_of_it_afterwards_does_not_count()
    {
        await using var product = new LocalProcess(_folder);
        await product.StartAsync(CancellationToken.None);
        string[] events = [.. Enumerable.Range(0, 40).Select(i => $$$"""{"type":"page","anonymousId":"v{{{i % 7}}}","timestamp":"2024-05-{{{1 + i / 2:00}}}T08:00:00Z","messageId":"m{{{i}}}"}""")];
        Assert.Equal(200, await PostAsync(product, "/v1/history?import=may", string.Join('\n', events)));
        await EventuallyAsync(product, "SELECT count() FROM events WHERE import_id = 'may'", "40");
        var undone = await UndoAsync("may");
        Assert.Contains("undone: 40 events", undone, StringComparison.Ordinal);
        Assert.Contains("had not ended", undone, StringComparison.Ordinal);
        // The sender that did not hear of it.
        Assert.Equal(409, await PostAsync(product, "/v1/history?import=may", string.Join('\n', events)));
        await GoneAsync(product);
        // A corrected import with the same message ids, by a client that knows the generation.
        Assert.Equal(200, await PostAsync(product, "/v1/history?import=may&generation=1", string.Join('\n', events[..30])));
        Assert.Equal(200, await PostAsync(product, "/v1/history/end?import=may&generation=1", ""));
        await EventuallyAsync(product, "SELECT sumIf(events, kind = 'events'), sum(duplicates), sum(sessions) > 0 FROM imports WHERE import_id = 'may' AND state = 'loaded'", "30\t0\t1");
        Assert.Equal("30", await product.SqlAsync("SELECT count() FROM events WHERE import_id = 'may'", CancellationToken.None));
        Assert.Equal(RollupSet.AllRight, await product.SqlAsync(RollupSet.WrongKeys, CancellationToken.None));
    }

    [Fact]
    public async Task A_file_with_a_wrong_mapping_is_undone_and_imported_fully_with_the_right_one()
    {
        var file = Path.Combine(_folder, "visits.csv");
        await File.WriteAllLinesAsync(file, ["id,what,wrong,time", .. Enumerable.Range(0, 200).Select(i => $"v{i % 9},open,{(i % 4 == 0 ? "" : "x")},2024-05-{1 + i % 20:00}T10:{i % 60:00}:00Z")]);
        var data = Path.Combine(_folder, "data");
        Task<ShellResult> RunAsync(params string[] more) => LocalCommand.RunAsync(["import", .. more, "--data", data]);
        Assert.Contains("imported 150 events", (await RunAsync(file, "--map", "anonymousId=id,event=wrong,timestamp=time")).Out, StringComparison.Ordinal);

        Assert.Contains("no import is called mya", (await RunAsync("--undo", "mya")).Error, StringComparison.Ordinal);
        Assert.Contains("was never imported", (await RunAsync("--undo", typeof(UndoTests).Assembly.Location)).Error, StringComparison.Ordinal);
        Assert.NotEqual(0, (await RunAsync("--undo", file, "--key", "wrong")).Status);
        Assert.NotEqual(0, (await RunAsync(file, "--undo", file)).Status);
        Assert.NotEqual(0, (await RunAsync()).Status);

        Assert.StartsWith("undone: 150 events and ", (await RunAsync("--undo", file)).Out, StringComparison.Ordinal);
        Assert.StartsWith("already undone", (await RunAsync("--undo", file)).Out, StringComparison.Ordinal);
        Assert.Contains("imported 200 events", (await RunAsync(file, "--map", "anonymousId=id,event=what,timestamp=time")).Out, StringComparison.Ordinal);
        Assert.Equal("200\t200\n", await ImportedData.AskAsync(data, "SELECT count(), uniqExact(event_id) FROM events"));
        // What was undone is in no export either.
        var export = await LocalCommand.RunAsync("export", "--data", data);
        Assert.Equal(200, export.Out.Count(c => c == '\n'));
    }

    /// <summary>An import of its own and live events, of visitors called other-…, and a refused event.</summary>
    private static async Task OtherDataAsync(LocalProcess product)
    {
        var history = Enumerable.Range(0, 300).Select(i => $$$"""{"type":"page","anonymousId":"other-{{{i % 50}}}","timestamp":"2015-05-{{{17 + i / 100}}}T{{{i / 5 % 20:00}}}:00:00Z","messageId":"o{{{i}}}","properties":{"path":"/{{{i % 5}}}"}}""");
        Assert.Equal(200, await PostAsync(product, "/v1/history?import=june", string.Join('\n', history) + "\n{\"type\":\"page\",\"anonymousId\":\"x\"}"));
        Assert.Equal(200, await PostAsync(product, "/v1/history/end?import=june", ""));
        Assert.Equal(200, await PostAsync(product, "/v1/events", string.Join('\n', Enumerable.Range(0, 200).Select(i => $$"""{"type":"page","anonymousId":"other-{{i % 50}}","messageId":"l{{i}}"}"""))));
        await EventuallyAsync(
            product, "SELECT (SELECT count() FROM events), (SELECT count() FROM imports WHERE import_id = 'june'), (SELECT count() FROM rejected_events)", "500\t4\t1");
    }

    private static string FileOf(string data) => data == "apache_logs" ? PublicData.WebLog : PublicData.Shop;

    private async Task<string> ImportAsync(string data)
    {
        string[] options = data == "apache_logs" ? ["--format", "access-log"] : PublicData.ShopOptions;
        var import = await LocalCommand.RunAsync(["import", FileOf(data), .. options, "--data", _folder]);
        Assert.True(import.Status == 0, import.Out + import.Error);
        return import.Out;
    }

    private async Task<string> UndoAsync(string what)
    {
        var undo = await LocalCommand.RunAsync("import", "--undo", what, "--data", _folder);
        Assert.True(undo.Status == 0, undo.Out + undo.Error);
        return undo.Out;
    }

    /// <summary>Nothing but the other data is there, and the rollups say so.</summary>
    private static async Task GoneAsync(LocalProcess product)
    {
        Assert.Equal("0\t0\t0\t0", await product.SqlAsync(Left, CancellationToken.None));
        Assert.Equal(RollupSet.AllRight, await product.SqlAsync(RollupSet.WrongKeys, CancellationToken.None));
    }

    private async Task ExpectedAsync(LocalProcess product, string data)
    {
        var rows = await product.SqlAsync(SessionSet.Query + " WHERE visitor_id NOT LIKE 'other-%'", CancellationToken.None);
        var hash = data == "apache_logs" ? WebLogData.Read(VisitorPseudonym.KeyOf(_folder)).HashOf(rows.Split('\n')) : SessionSet.HashOf(rows);
        Assert.Equal(PublicData.SessionHash(PublicData.Expected(data)), hash);
        Assert.Equal(RollupSet.AllRight, await product.SqlAsync(RollupSet.WrongKeys, CancellationToken.None));
    }

    private static async Task<int> PostAsync(LocalProcess product, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, product.Door(path)) { Content = new StringContent(body) };
        request.Headers.Add("X-Write-Key", "local");
        using var answer = await product.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static async Task EventuallyAsync(LocalProcess product, string query, string expected) => await Wait.ForAsync(() => product.SqlAsync(query, CancellationToken.None), expected, query);
}
