using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
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
    public async Task Families_OfAnyUserAgent_AreTheReferencesFamilies()
    {
        var seed = Random.Shared.Next();
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
    }

    private static string[] Families(string agent)
    {
        var (browser, os, device) = AgentCatalog.Shared.Families(Encoding.UTF8.GetBytes(agent));
        return [browser, os, device];
    }

    private static async Task<string[][]> AnswersAsync(List<string> agents)
    {
        var root = typeof(ReferenceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
        var start = new ProcessStartInfo("node", ["-e", Program])
        {
            WorkingDirectory = Path.Combine(root, "services", "Collector", "Agents", "Data"),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        Skip.IfNot(Directory.Exists(Path.Combine(start.WorkingDirectory, "node_modules", "uap-ref-impl")), "SKIPPED: the reference is not installed; remove services/Collector/Agents/Data/node_modules and build again");
        using var node = Start(start);
        var output = node.StandardOutput.ReadToEndAsync();
        var error = node.StandardError.ReadToEndAsync();
        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(agents));
        node.StandardInput.Close();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await error);
        return JsonSerializer.Deserialize<string[][]>(await output)!;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new SkipException("SKIPPED: no node; install Node.js 18 or later (https://nodejs.org) to hold user agents against uap-core's reference implementation");
        }
    }
}
