using System.Text.Json;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.EndToEnd.Tests.Data;

public sealed class ShopImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-shop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task The_imported_shop_has_the_expected_sessions_also_shuffled_and_a_second_import_changes_nothing()
    {
        PublicData.SkipWithout();
        var expected = PublicData.Expected("simple-onlineshop");
        var hash = PublicData.SessionHash(expected);
        var data = Path.Combine(_folder, "plain");
        Assert.Equal(hash, await ImportedData.HashAfterAsync(data, PublicData.Shop, PublicData.ShopOptions));
        Assert.Equal(hash, await ImportedData.HashAfterAsync(data, PublicData.Shop, PublicData.ShopOptions));
        var shuffled = PublicData.Shuffled(PublicData.Shop, Path.Combine(_folder, "shuffled.csv"), headerLines: 1, seed: 7);
        Assert.Equal(hash, await ImportedData.HashAfterAsync(Path.Combine(_folder, "shuffled"), shuffled, PublicData.ShopOptions));
        await CheckFunnelsAsync(data, expected.GetProperty("funnels"));
        await CheckTransitionsAsync(data, expected);
    }

    private static async Task CheckFunnelsAsync(string data, JsonElement funnels)
    {
        foreach (var funnel in funnels.EnumerateObject())
        {
            var steps = string.Join(", ", Texts(funnel.Value, "steps").Select(step => $"'{step}'"));
            var rows = await ImportedData.AskAsync(
                data, $"SELECT groupArray(visitors), groupArray(visitors_open) FROM (SELECT * FROM funnel(project = 'local', steps = [{steps}], window_s = 4000000000, t0 = '2019-01-01', t1 = '2021-01-01') ORDER BY step)");
            Assert.Equal($"[{string.Join(',', Texts(funnel.Value, "closed"))}]\t[{string.Join(',', Texts(funnel.Value, "open"))}]\n", rows);
        }
    }

    private static async Task CheckTransitionsAsync(string data, JsonElement expected)
    {
        const string range = "project = 'local', t0 = '2019-01-01', t1 = '2021-01-01'";
        foreach (var (view, name) in ((string, string)[])[($"transitions({range})", "transitions_per_user"), ($"session_transitions({range}, gap_s = 1800)", "transitions_within_30m_sessions")])
        {
            var rows = await ImportedData.AskAsync(data, $"SELECT from_name, to_name, transitions FROM {view}");
            var told = expected.GetProperty(name);
            Assert.Equal(told.GetProperty("sha256").GetString(), SessionSet.HashOf(rows));
            Assert.Equal(told.GetProperty("distinct").GetInt32(), rows.Count(c => c == '\n'));
        }
    }

    private static IEnumerable<string> Texts(JsonElement funnel, string name) => funnel.GetProperty(name).EnumerateArray().Select(value => value.ToString());
}
