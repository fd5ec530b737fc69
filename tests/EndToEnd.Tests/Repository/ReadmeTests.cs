using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.EndToEnd.Tests.Product;

namespace Tidemark.EndToEnd.Tests.Repository;

/// <summary>The README's shell examples, run as they stand but for the ports.</summary>
[Collection(nameof(RunningProduct))]
public sealed partial class ReadmeTests(RunningProduct product)
{
    [Fact]
    public async Task Its_curl_examples_work()
    {
        var blocks = ShellBlocks().Matches(await File.ReadAllTextAsync(RepositoryFolder.PathOf("README.md"))).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(2, blocks.Length);
        // A busy machine takes longer than the two seconds that a reader is told to wait.
        var parts = blocks[0].Split("sleep 2\n");
        Assert.Equal(2, parts.Length);
        var first = await BashAsync(parts[0]);
        await product.EventuallyAsync("SELECT count() FROM events WHERE visitor_id = 'visitor-1'", "3");
        first += await BashAsync(parts[1]);
        Assert.Contains("""{"accepted":1,"rejected":[]}""", first);
        Assert.Contains("""{"accepted":2,"rejected":[]}""", first);
        Assert.Contains("signup", first);
        Assert.Contains("/pricing", first);
        await product.EventuallyAsync("SELECT count() FROM sessions WHERE visitor_id = 'visitor-1'", "1");
        Assert.Contains("visitor-1", await BashAsync(blocks[1]));
    }

    private async Task<string> BashAsync(string script)
    {
        script = script.Replace(":8080", ":" + product.Process.HttpPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace(":8123", ":" + product.Process.SqlPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var (status, output, error) = await Shell.RunAsync("bash", ["-c", script]);
        Assert.True(status == 0, error);
        return output;
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlocks();
}
