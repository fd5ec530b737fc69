using Tidemark.ServiceDefaults;

namespace Tidemark.Local.Tests.Commands;

public sealed class VersionTests
{
    [Fact]
    public async Task Version_IsTheProducts()
    {
        var (status, version, _) = await Shell.RunOursAsync("tidemark.dll", ["--version"]);
        Assert.Equal((0, ProductVersion.Text), (status, version.Trim()));
    }
}
