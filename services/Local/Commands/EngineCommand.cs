using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tidemark.ClickHouse.Embedded;
using Tidemark.Local.Configuration;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Commands;

/// <summary><c>engine</c>: the embedded ClickHouse alone on its port; also the child process that the other commands start.</summary>
internal static class EngineCommand
{
    public static Command Create()
    {
        var command = new Command("engine", "Run the embedded ClickHouse alone, with the pipeline's tables.");
        var common = CommonOptions.AddTo(
            command,
            OptionTable.Own(nameof(LocalOptions.SqlPort)),
            OptionTable.Own(nameof(LocalOptions.EngineMemory)),
            OptionTable.Own(nameof(LocalOptions.AllowedHosts)),
            OptionTable.Own(nameof(LocalOptions.SqlAllowedOrigins)),
            OptionTable.Own(nameof(LocalOptions.WriterPassword) + "File"));
        var empty = new Option<bool>("--empty") { Description = "Do not make the pipeline's tables." };
        var supervised = new Option<bool>("--supervised") { Hidden = true };
        // Of the engine's process, when it has confined itself and executed itself again.
        var confined = new Option<string>("--confined") { Hidden = true };
        command.Options.Add(empty);
        command.Options.Add(supervised);
        command.Options.Add(confined);
        command.SetAction(async (parsed, _) => parsed.GetValue(supervised)
            ? await SuperviseAsync(common.ReadGiven(parsed))
            : await CommandTree.RunAsync(cancellation => RunAsync(common.Read(parsed), parsed.GetValue(empty), cancellation)));
        return command;
    }

    /// <summary>The child: its parent holds the folder and reads the status and the last line. Nothing may be opened before the engine confines its process.</summary>
    private static async Task<int> SuperviseAsync(LocalOptions options)
    {
        try
        {
            await EngineServer.RunChildAsync(new EngineOptions
            {
                DataPath = DataFolder.Engine(options.Data),
                ConfigurationPath = DataFolder.EngineConfiguration(options.Data),
                Port = options.SqlPort,
                MaxMemoryBytes = (long)options.EngineMemory << 20,
                AllowedHosts = options.AllowedHosts,
                AllowedOrigins = options.SqlAllowedOrigins,
                DrainTimeout = TimeSpan.FromSeconds(2),
            });
            return 0;
        }
        catch (EngineException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return (int)e.Failure;
        }
    }

    private static async Task<int> RunAsync(LocalOptions options, bool empty, CancellationToken cancellation)
    {
        var password = options.WriterPassword is { Length: > 0 } given ? given : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        using var folder = FolderLock.Take(options.Data);
        using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, options.Verbose));
        var port = await Ports.ResolveForEngineAsync(options, cancellation);
        await using var engine = new EngineChild(options, port, loggers.CreateLogger("Tidemark.Local.Engine"), password);
        await engine.StartAsync(cancellation);
        var instance = new InstanceInfo(Environment.ProcessId, "engine", null, port, 0, options.Data);
        if (!empty)
            await EngineTables.MigrateAsync(instance, password, loggers, cancellation);
        instance.Write();
        await Console.Out.WriteLineAsync($"SQL     {instance.Sql}   (ClickHouse over HTTP; user reader, no password)\ndata    {instance.Data}\nready; Ctrl-C stops");
        await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(static _ => { }, TaskScheduler.Default);
        return 0;
    }
}
