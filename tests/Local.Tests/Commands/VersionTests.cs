using System.Diagnostics;
using Tidemark.ServiceDefaults;

namespace Tidemark.Local.Tests.Commands;

public sealed class VersionTests
{
    [Fact]
    public async Task Version_IsTheProducts()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "tidemark.dll"), "--version"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        Assert.Equal(ProductVersion.Text, (await process.StandardOutput.ReadToEndAsync()).Trim());
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
