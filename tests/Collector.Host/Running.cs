using Tidemark.Contracts;

namespace Tidemark.Collector.Host;

/// <summary>The door with small transactions, so that a kill hits one.</summary>
internal static class Running
{
    internal static async Task<int> RunAsync(string place, string? name)
    {
        var log = await HostLog.OpenAsync(place, name);
        await using var door = await HostLog.StartDoorAsync(log, HostLog.Options with { IntakeCommitRecords = 25, IntakeCommitInterval = TimeSpan.FromMilliseconds(5) });
        while (true)
        {
            Console.WriteLine(await HostLog.EndAsync(log, Topics.Events));
            await Task.Delay(5);
        }
    }
}
