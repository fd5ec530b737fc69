using System.Diagnostics;
using System.Text;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.Host;

/// <summary>How fast the door empties the topic: JSON events of a page view's usual size, one to a message, all there before it starts.</summary>
internal static class IntakeBenchmark
{
    private const int PerAppend = 5_000;

    internal static async Task<int> RunAsync(string place, int events)
    {
        await using var log = await HostLog.OpenAsync(place, null);
        await FillAsync(log, events);
        Console.WriteLine($"{events:N0} messages wait");
        var before = await HostLog.EndAsync(log, Topics.Events);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await using (await HostLog.StartDoorAsync(log, HostLog.Options))
        {
            while (await HostLog.EndAsync(log, Topics.Events) - before < events)
                await Task.Delay(20);
        }
        var elapsed = clock.Elapsed;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Console.WriteLine(
            $"{events / elapsed.TotalSeconds:N0} events/s, {cpu.TotalMicroseconds / events:N1} us CPU and {(double)allocated / events:N1} bytes allocated per event, {elapsed.TotalSeconds:N1} s");
        return 0;
    }

    private static async Task FillAsync(IEventLog log, int events)
    {
        var now = DateTimeOffset.UtcNow;
        for (var first = 0; first < events; first += PerAppend)
        {
            using var append = log.NewAppend(Topics.Intake);
            for (var i = first; i < Math.Min(first + PerAppend, events); i++)
            {
                append.AddTo(i % HostLog.Partitions, default, Encoding.UTF8.GetBytes($$$"""
                    {"type":"page","anonymousId":"visitor-{{{i % 20_000}}}","messageId":"message-{{{i}}}","timestamp":"{{{now:O}}}","writeKey":"live","properties":{"path":"/products/{{{i % 500}}}","referrer":"https://www.search.example/","price":12.5},"context":{"userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Firefox/120.0","locale":"de-DE"}}
                    """), now.ToUnixTimeMilliseconds());
            }
            await log.AppendAsync(append, CancellationToken.None);
        }
    }
}
