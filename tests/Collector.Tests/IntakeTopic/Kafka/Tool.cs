namespace Tidemark.Collector.Tests.IntakeTopic.Kafka;

/// <summary>Programs of other people that send to the topic.</summary>
internal static class Tool
{
    internal static string NodeFolder { get; } = RepositoryFolder.PathOf("tests", "Collector.Tests", "IntakeTopic", "Kafka", "node");

    /// <summary>Runs to the end; what it said when it failed, else null.</summary>
    internal static async Task<string?> RunAsync(string program, string[] arguments, string? folder = null, string input = "")
    {
        var (status, output, error) = await Shell.RunAsync(program, arguments, folder, input: input);
        return status == 0 ? null : $"{program} ended with {status}: {error} {output}";
    }
}
