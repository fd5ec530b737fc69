using System.IO.Compression;
using System.Text.Json;
using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>Real data with results that other people's software computed, where the folder with them lies beside the repository.</summary>
public sealed class ShopImportTests : IDisposable
{
    private static readonly string _data = Path.Combine(RunningProduct.RepositoryRoot, "..", "shared", "data");
    private static readonly string[] _options = ["--format", "csv", "--map", "anonymousId=client_id,event=event,timestamp=timestamp"];

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-shop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task The_imported_shop_has_the_expected_sessions_also_shuffled_and_a_second_import_changes_nothing()
    {
        Skip.IfNot(Directory.Exists(_data), "SKIPPED: no folder with the public data sets lies beside the repository");
        using var expected = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_data, "expected", "simple-onlineshop.json")));
        var hash = expected.RootElement.GetProperty("sessions_30m").GetProperty("sha256").GetString();

        var file = Path.Combine(_data, "simple-onlineshop.csv.gz");
        Assert.Equal(hash, await ImportedAsync(file, "plain"));
        Assert.Equal(hash, await ImportedAsync(file, "plain"));
        Assert.Equal(hash, await ImportedAsync(Shuffled(file), "shuffled"));
        foreach (var funnel in expected.RootElement.GetProperty("funnels").EnumerateObject())
        {
            var steps = string.Join(", ", Texts(funnel.Value, "steps").Select(step => $"'{step}'"));
            var rows = await Shell.LocalAsync(
                "sql", $"SELECT groupArray(visitors), groupArray(visitors_open) FROM (SELECT * FROM funnel(project = 'local', steps = [{steps}], window_s = 4000000000, t0 = '2019-01-01', t1 = '2021-01-01') ORDER BY step)",
                "--format", "TSVRaw", "--data", Path.Combine(_folder, "plain"));
            Assert.Equal($"[{string.Join(',', Texts(funnel.Value, "closed"))}]\t[{string.Join(',', Texts(funnel.Value, "open"))}]\n", rows.Out);
        }
    }

    private static IEnumerable<string> Texts(JsonElement funnel, string name) => funnel.GetProperty(name).EnumerateArray().Select(value => value.ToString());

    private async Task<string> ImportedAsync(string file, string name)
    {
        var data = Path.Combine(_folder, name);
        var import = await Shell.LocalAsync(["import", file, .. _options, "--data", data]);
        Assert.True(import.Status == 0, import.Out + import.Error);
        var rows = await Shell.LocalAsync("sql", SessionSet.Query, "--format", "TSVRaw", "--data", data);
        Assert.True(rows.Status == 0, rows.Error);
        return SessionSet.HashOf(rows.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private string Shuffled(string file)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var lines = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        new Random(7).Shuffle(lines.AsSpan(1));
        var shuffled = Path.Combine(_folder, "shuffled.csv");
        File.WriteAllLines(shuffled, lines);
        return shuffled;
    }
}
