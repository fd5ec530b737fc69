using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.EventLog.RocksDb;
using Tidemark.ServiceDefaults;

namespace Tidemark.Sessionizer.Host;

/// <summary>Sends traffic from a number on and sessionizes it, until it is killed; prints the number after the last one that is durable.</summary>
internal static class Running
{
    private const int BatchSize = 30;

    public static async Task<int> RunAsync(string folder, int from)
    {
        await using var log = RocksDbEventLog.Open(
            new RocksDbLogOptions { Directory = folder }, PipelineTopics.Definitions(2), TimeProvider.System, NullLogger.Instance);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IEventLog>(log);
        services.AddSessionizer(KillTraffic.Options);
        await using var provider = services.BuildServiceProvider();
        foreach (var hosted in provider.GetServices<IHostedService>())
            await hosted.StartAsync(CancellationToken.None);
        while (true)
        {
            await AppendAsync(log, Topics.Events, from);
            await AppendAsync(log, Topics.History, from);
            from += BatchSize;
            Console.WriteLine(from);
            await Task.Delay(1);
        }
    }

    private static async Task AppendAsync(RocksDbEventLog log, string topic, int from)
    {
        using var request = log.NewAppend(topic);
        for (var number = from; number < from + BatchSize; number++)
            KillTraffic.Add(request, number);
        await log.AppendAsync(request, CancellationToken.None);
    }
}
