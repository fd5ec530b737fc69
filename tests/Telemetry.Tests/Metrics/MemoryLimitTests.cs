using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Telemetry.Tests.Metrics;

public sealed class MemoryLimitTests : IDisposable
{
    private const long Machine = 8L << 30;

    private readonly string _folder = Directory.CreateTempSubdirectory("telemetry-tests-").FullName;

    [Fact]
    public void NoControlGroup_IsTheMachine() => Assert.Equal(Machine, Limit());

    [Fact]
    public void Container_HasItsLimitAtTheMount()
    {
        Write("memory.max", "536870912\n");
        Write("membership", "0::/\n");
        Assert.Equal(512 << 20, Limit());
    }

    [Fact]
    public void NestedGroups_TheSmallestHolds()
    {
        Write("membership", "0::/system.slice/collector.service\n");
        Write("system.slice/collector.service/memory.max", "max\n");
        Write("system.slice/memory.max", "268435456\n");
        Write("memory.max", "536870912\n");
        Assert.Equal(256 << 20, Limit());
    }

    [Theory]
    [InlineData("134217728\n", 128L << 20)]
    // Version 1 says "no limit" as a very large number.
    [InlineData("9223372036854771712\n", Machine)]
    [InlineData("nonsense\n", Machine)]
    public void VersionOne(string text, long expected)
    {
        Write("memory/memory.limit_in_bytes", text);
        Assert.Equal(expected, Limit());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private long Limit() => MemoryLimit.Bytes(_folder, Path.Combine(_folder, "membership"), Machine);

    private void Write(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
