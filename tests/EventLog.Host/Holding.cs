namespace Tidemark.EventLog.Host;

internal static class Holding
{
    internal static async Task<int> RunAsync(string directory)
    {
        await using var log = await HostLog.OpenAsync(directory);
        Console.WriteLine("open");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
