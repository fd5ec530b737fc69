using System.Text;
using System.Text.Json;
using Tidemark.Collector.Agents;

namespace Tidemark.Collector.Tests.Agents;

/// <summary>
/// Browser, system and device are what uap-core's reference implementation (uap-ref-impl, JavaScript) says: of the robots' user agents, in which browsers of all kinds stand, and of
/// made-up ones, some for each rule. It reads the data set with a YAML reader of its own and tries every rule in order.
/// </summary>
public sealed class ReferenceTests
{
    // Of a browser it lets an empty name stand; here, as in everything else, it is none.
    private const string Program = """
        const reference = require('uap-ref-impl')(require('yamlparser').eval(require('fs').readFileSync('node_modules/uap-core/regexes.yaml', 'utf8')))
        const agents = JSON.parse(require('fs').readFileSync(0, 'utf8'))
        console.log(JSON.stringify(agents.map(a => reference.parse(a)).map(r => [r.ua.family || 'Other', r.os.family, r.device.family])))
        """;

    [SkippableFact]
    public Task Families_OfAnyUserAgent_AreTheReferencesFamilies() => Seeds.EachAsync(unchanging: 1, fresh: 1, async seed =>
    {
        var random = new Random(seed);
        var rules = Samples.Rules().ToList();
        List<string> agents =
        [
            "", "Other", "\u00A0", "Mozilla/5.0", "Win64\r\nWindows NT 10.0", "Ice", "Ice\n", "٣/٣", "HeyTapBrowser/٣.1",
            .. Samples.Robots(),
            .. rules.Select(rule => Samples.Of(rule.Pattern, random)),
            .. rules.Select(rule => $"Mozilla/5.0 (Linux; U; Android 9; {Samples.Of(rule.Pattern, random)}) AppleWebKit/537.36 Chrome/120.0.0.0 {Samples.Of(rules[random.Next(rules.Count)].Pattern, random)}"),
        ];
        // Longer ones are cut here and not there.
        agents.RemoveAll(agent => Encoding.UTF8.GetByteCount(agent) >= AgentText.MaxBytes);

        var expected = await AnswersAsync(agents);

        var told = agents.Zip(expected, (agent, families) => (agent, Reference: families, Ours: Families(agent)));
        Assert.Empty(told.Where(t => !t.Reference.SequenceEqual(t.Ours)).Take(5).Select(t => $"seed {seed}: {JsonSerializer.Serialize(t.agent)} is {string.Join('|', t.Reference)}, not {string.Join('|', t.Ours)}"));
    });

    private static string[] Families(string agent)
    {
        var (browser, os, device) = AgentCatalog.Shared.Families(Encoding.UTF8.GetBytes(agent));
        return [browser, os, device];
    }

    private static async Task<string[][]> AnswersAsync(List<string> agents)
    {
        var folder = RepositoryFolder.PathOf("services", "Collector", "Agents", "Data");
        Skip.IfNot(Shell.Has("node"), "no node: install Node.js 18 or later to hold user agents against uap-core's reference implementation");
        // The build installs it.
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules", "uap-ref-impl")), "the reference is not installed; remove services/Collector/Agents/Data/node_modules and build again");
        var (status, output, error) = await Shell.RunAsync("node", ["-e", Program], folder, input: JsonSerializer.Serialize(agents));
        Assert.True(status == 0, error);
        return JsonSerializer.Deserialize<string[][]>(output)!;
    }
}
