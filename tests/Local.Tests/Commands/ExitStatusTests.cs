using System.Text;
using Tidemark.Local.Commands;

namespace Tidemark.Local.Tests.Commands;

/// <summary>What ends before anything is started: the whole command, as typed.</summary>
public sealed class ExitStatusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-exit-").FullName;

    private string Data => Path.Combine(_folder, "data");

    [Theory]
    [InlineData("", "csv", 0)]
    [InlineData("\n\n", "ndjson", 0)]
    [InlineData("id,event,time\n", "csv", 0)]
    [InlineData("id,event\n1,2\n", "csv", 1)]
    [InlineData("id,event,time\n1,2\n", "csv", 1)]
    [InlineData("hello\n", "ndjson", 1)]
    [InlineData("<!DOCTYPE html>\n<html>\n", "access-log", 1)]
    [InlineData("id,event,time\n", "xml", 1)]
    public async Task Import_FileWithNothingToSend_StatusSaysWhetherItWasTheFormat(string text, string format, int status)
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, text, Encoding.UTF8);
        string[] map = format == "csv" ? ["--map", "anonymousId=id,event=event,timestamp=time"] : [];
        Assert.Equal(status, await CommandTree.RunAsync(["import", file, "--format", format, "--data", Data, .. map]));
        Assert.False(Directory.Exists(Path.Combine(Data, "log")), "something was started");
    }

    [Theory]
    [InlineData("import")]
    [InlineData("import", "a", "b")]
    [InlineData("import", "no-such-file", "--format", "csv")]
    [InlineData("import", ".", "--format", "csv")]
    [InlineData("sql")]
    [InlineData("sql", " ")]
    [InlineData("sql", "SELECT 1", "--to", "nowhere")]
    [InlineData("what")]
    [InlineData("run", "--gap", "soon")]
    public async Task Run_WrongUse_IsNotSuccess(params string[] arguments) => Assert.NotEqual(0, await CommandTree.RunAsync(arguments));

    [Fact]
    public async Task Import_NothingListensAtTheAddress_IsNotSuccess()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "anonymousId,event,timestamp\nv,e,2024-05-01\n");
        Assert.Equal(1, await CommandTree.RunAsync(["import", file, "--format", "csv", "--data", Data, "--to", $"http://127.0.0.1:{Tidemark.Local.Hosting.Ports.Free()}"]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
