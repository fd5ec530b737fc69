using System.Globalization;
using System.Text.Json;
using Tidemark.EndToEnd.Tests.Product;

namespace Tidemark.EndToEnd.Tests.Clients;

[Collection(nameof(RunningProduct))]
public sealed class NodeClientTests(RunningProduct product)
{
    [SkippableFact]
    public async Task ClickHouse_client_from_npm_cannot_tell_the_difference()
    {
        var folder = RepositoryFolder.PathOf("tests", "EndToEnd.Tests", "Clients", "node");
        Skip.IfNot(Shell.Has("npm"), "no npm: install Node.js 18 or later");
        var install = await Shell.RunAsync("npm", ["ci", "--no-audit", "--no-fund"], folder);
        Skip.IfNot(install.Status == 0, "npm cannot install @clickhouse/client here, give it a package registry: " + install.Error);
        var run = await Shell.RunAsync("node", ["client.mjs", "http://127.0.0.1:" + product.Process.SqlPort.ToString(CultureInfo.InvariantCulture)], folder);
        Assert.True(run.Status == 0, run.Error);
        using var said = JsonDocument.Parse(run.Out);
        Assert.True(said.RootElement.GetProperty("ping").GetBoolean());
        Assert.Equal("""[{"s":"it's\ta \\ tab","n":"42","a":["x'y","z"]}]""", said.RootElement.GetProperty("parameters").GetRawText());
        Assert.Equal(50000, said.RootElement.GetProperty("rows").GetInt32());
        Assert.Equal("60", said.RootElement.GetProperty("code").GetString());
        Assert.Equal("497", said.RootElement.GetProperty("refused").GetString()!.Replace("164", "497", StringComparison.Ordinal));
    }
}
