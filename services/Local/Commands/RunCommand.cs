using System.CommandLine;
using Tidemark.Local.Configuration;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Commands;

/// <summary><c>run</c>: the pipeline until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command("run", "Run the pipeline: collector, sessionizer, aggregator and ClickHouse, on 127.0.0.1.");
        var common = CommonOptions.AddTo(command, [.. OptionTable.Ports, .. OptionTable.Pipeline]);
        command.SetAction((parsed, _) => CommandTree.RunAsync(cancellation => RunAsync(common.Read(parsed), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(LocalOptions options, CancellationToken cancellation)
    {
        var folder = FolderLock.Take(options.Data);
        try
        {
            await using var pipeline = await LocalPipeline.StartAsync(options, "run", folder, cancellation);
            Whereabouts.Print(Console.Out, pipeline.Instance, options);
            try
            {
                await pipeline.GuardAsync(async running =>
                {
                    await pipeline.WaitReadyAsync(running);
                    await Console.Out.WriteLineAsync("ready; Ctrl-C stops");
                    await Task.Delay(Timeout.Infinite, running);
                    return 0;
                }, cancellation);
            }
            catch (OperationCanceledException)
            {
                await Console.Out.WriteLineAsync("stopping");
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop before everything was up: as good a stop as any.
        }
        return 0;
    }
}
