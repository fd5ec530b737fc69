using Tidemark.EndToEnd.Tests.Product;
using Tidemark.Local.Hosting;
using Tidemark.Local.Sql;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>Commands that end before their answer does, on a folder that nothing runs on: none of them passes for a success.</summary>
public sealed class StoppedCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-stopped-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task An_export_whose_reader_ends_says_how_much_it_wrote()
    {
        Skip.If(OperatingSystem.IsWindows(), "pipes of a shell are those of Linux and macOS: run it there");
        // More than any pipe holds.
        var file = Path.Combine(_folder, "a.ndjson");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 5000).Select(i =>
            $$$"""{"type":"track","event":"e","anonymousId":"v{{{i}}}","timestamp":"2024-05-01T10:00:00Z","properties":{"a":"{{{new string('x', 1000)}}}"}}"""));
        var import = await LocalCommand.RunAsync("import", file, "--data", Data);
        Assert.True(import.Status == 0, import.Error);
        var piped = await Shell.RunAsync("bash", ["-c", $"dotnet '{LocalCommand.Dll}' export --data '{Data}' | head -n 1 > /dev/null; exit ${{PIPESTATUS[0]}}"]);
        Assert.Equal(1, piped.Status);
        Assert.Matches(@"standard output was closed after [\d,]+ events, so the export is not whole", piped.Error);
        Assert.DoesNotContain("exported", piped.Error, StringComparison.Ordinal);

        var whole = await Shell.RunAsync("bash", ["-c", $"dotnet '{LocalCommand.Dll}' export --data '{Data}' | wc -l"]);
        Assert.Equal("5000", whole.Out.Trim());
        Assert.Contains("exported 5,000 events", whole.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_query_that_is_stopped_is_no_success()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are those of Linux and macOS: run it there");
        Local.Configuration.DataFolder.Prepare(Data);
        await using var process = ProgramProcess.Start(
            "dotnet", [LocalCommand.Dll, "sql", "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1", "--data", Data]);
        await Wait.UntilAsync(IsRunningAsync, "the query among those that run");
        // As Ctrl-C, which a test runner in the background may have its children ignore.
        Assert.Equal(1, await process.StopAsync());
        Assert.Equal("stopped\n", process.Said);
    }

    private async Task<bool> IsRunningAsync()
    {
        if (InstanceInfo.Read(Data) is not { } instance)
            return false;
        using var sql = new SqlClient(new SqlServer(instance.Sql));
        return await sql.TryRowsAsync("SELECT count() FROM system.processes WHERE query LIKE '%sipHash64(number)%' AND query NOT LIKE '%system.processes%'", CancellationToken.None) is [["1"]];
    }
}
