using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests.CommandLine;

/// <summary>What the programs say before they start anything.</summary>
public sealed class ArgumentTests
{
    private const int WrongConfiguration = 78;

    [Theory]
    [InlineData("tidemark-collector", "Collector:MaxBodyBytes")]
    [InlineData("tidemark-sessionizer", "Sessionizer:Gap")]
    [InlineData("tidemark-aggregator", "Aggregator:PasswordFile")]
    public async Task Help_AndVersion_AreToldOnStandardOutput(string program, string option)
    {
        var (status, output, errors) = await Shell.RunOursAsync(program + ".dll", ["--help"]);
        Assert.Equal((0, ""), (status, errors));
        foreach (var part in new[] { option, "Kafka:BootstrapServers", "Http:Port", "Shutdown:Delay", "Logging:Format", "required", "usage: " + program })
            Assert.Contains(part, output, StringComparison.Ordinal);
        (status, output, errors) = await Shell.RunOursAsync(program + ".dll", ["--version"]);
        Assert.Equal((0, ""), (status, errors));
        Assert.Matches($"^{program} [0-9]+\\.[0-9]+\\.[0-9]+\n$", output);
    }

    [Fact]
    public async Task Start_WithSeveralMistakes_SaysAllOfThemAtOnce()
    {
        var (status, output, errors) = await Shell.RunOursAsync("tidemark-collector.dll", ["--Collector:MaxAge=soon", "--Collector:MaxDepth=65", "--Kafka:Partitons=3", "--Kafka:MinInsyncReplicas=5", "--Http:Port=70000", "--Shutdown:Timeout=1s",
            "--Kafak:X=1", "--now"]);
        Assert.Equal((WrongConfiguration, ""), (status, output));
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var key in new[]
        {
            "--now ", "Kafak ", "Collector:MaxAge ", "Collector:MaxDepth ", "Collector:Projects:", "Kafka:Partitons ", "Kafka:MinInsyncReplicas ", "Kafka:BootstrapServers ",
            "Http:Port ", "Shutdown:Timeout ",
        })
            Assert.Single(lines, line => line.StartsWith(key, StringComparison.Ordinal));
        Assert.Equal(10, lines.Length);
        Assert.Contains("Collector:Projects:0:Name", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAWrongKey_DoesNotTellTheKey()
    {
        var (status, _, errors) = await Shell.RunOursAsync("tidemark-collector.dll", ["--Kafka:BootstrapServers=127.0.0.1:1", "--Collector:Projects:0:Name=p", "--Collector:Projects:0:Keys:0:Key=my secret"]);
        Assert.Equal(WrongConfiguration, status);
        Assert.Contains("a key that is not", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_WhereNothingRuns_IsOneLineAndStatusOne()
    {
        var (status, output, errors) = await Shell.RunOursAsync("tidemark-sessionizer.dll", ["health", $"--Http:Port={FreePort.Take()}"]);
        Assert.Equal((1, ""), (status, output));
        Assert.StartsWith("nothing answers at http://127.0.0.1:", errors, StringComparison.Ordinal);
        Assert.Equal(2, errors.Split('\n').Length);
    }
}
