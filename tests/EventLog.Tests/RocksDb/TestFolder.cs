namespace Tidemark.EventLog.Tests.RocksDb;

/// <summary>A folder that is gone when the test is.</summary>
internal sealed class TestFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("tidemark-log-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
