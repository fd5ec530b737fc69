namespace Tidemark.Collector.Tests.IntakeTopic;

/// <summary>The intake door in a process of its own, over the log at a place, to be killed.</summary>
internal sealed class DoorProcess(string place, string? name = null) : IDisposable
{
    private readonly ProgramProcess _process = ProgramProcess.StartOurs("Collector.Host.dll", ["run", place, .. name is null ? Array.Empty<string>() : [name]]);

    /// <summary>Waits until this or another door has put so many records into <c>events</c>, and returns how many there are.</summary>
    internal async Task<long> UntilAsync(long records) => long.Parse(await _process.LineAsync(line => long.Parse(line, null) >= records), null);

    /// <summary>kill -9.</summary>
    internal Task KillAsync() => _process.KillAsync();

    public void Dispose() => _process.Dispose();
}
