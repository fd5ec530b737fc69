using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tidemark.Aggregator;
using Tidemark.ClickHouse.Embedded;
using Tidemark.Local.Configuration;
using Tidemark.Local.Hosting;
using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.Local.Commands;

/// <summary><c>engine</c>: the embedded ClickHouse alone on its port; also the child process that the other commands start.</summary>
internal static class EngineCommand
{
    private const string PasswordVariable = "TIDEMARK_WRITER_PASSWORD";

    public static Command Create()
    {
        var command = new Command("engine", "Run the embedded ClickHouse alone, with the pipeline's tables.");
        var common = CommonOptions.AddTo(command, OptionTable.SqlPort, OptionTable.EngineMemory, OptionTable.AllowedHosts, OptionTable.SqlAllowedOrigins);
        var empty = new Option<bool>("--empty") { Description = "Do not make the pipeline's tables." };
        var passwordFile = new Option<string>("--writer-password-file")
        {
            Description = $"A file with the password of the user writer, for an aggregator of its own. Default: the variable {PasswordVariable}; without both it is made and kept secret.",
            HelpName = "FILE",
        };
        var supervised = new Option<bool>("--supervised") { Hidden = true };
        // Of the engine's process, when it has confined itself and executed itself again.
        var confined = new Option<string>("--confined") { Hidden = true };
        command.Options.Add(empty);
        command.Options.Add(passwordFile);
        command.Options.Add(supervised);
        command.Options.Add(confined);
        command.SetAction(async (parsed, _) => parsed.GetValue(supervised)
            ? await SuperviseAsync(common.ReadGiven(parsed))
            : await CommandTree.RunAsync(cancellation => RunAsync(
                common.Read(parsed), Password(parsed.GetValue(passwordFile)), parsed.GetValue(empty), parsed.GetValue(common.Verbose), cancellation)));
        return command;
    }

    /// <summary>The child: its parent holds the folder and reads the status and the last line. Nothing may be opened before the engine confines its process.</summary>
    private static async Task<int> SuperviseAsync(LocalOptions options)
    {
        try
        {
            await EngineServer.RunChildAsync(new EngineServerOptions
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

    private static async Task<int> RunAsync(LocalOptions options, string password, bool empty, bool verbose, CancellationToken cancellation)
    {
        using var folder = FolderLock.Take(options.Data);
        using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, verbose));
        var port = await Ports.ResolveForEngineAsync(options, cancellation);
        await using var engine = new EngineChild(options, port, loggers.CreateLogger("Tidemark.Local.Engine"), password);
        await engine.StartAsync(cancellation);
        var instance = new InstanceInfo(Environment.ProcessId, "engine", null, port, 0, options.Data);
        if (!empty)
            await MigrateAsync(instance, password, loggers, cancellation);
        instance.Write();
        await Console.Out.WriteLineAsync($"SQL     {instance.Sql}   (ClickHouse over HTTP; user reader, no password)\ndata    {instance.Data}\nready; Ctrl-C stops");
        await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(static _ => { }, TaskScheduler.Default);
        return 0;
    }

    private static string Password(string? file)
    {
        if (file is null)
            return Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } given ? Line(given, PasswordVariable) : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        return Line(SecretFile.Read(file, out var why) ?? throw new CommandFailedException($"--writer-password-file: {Quoted.Text(why, 300)}"), "--writer-password-file");
    }

    // It goes to the engine as a line, and to ClickHouse in a header.
    private static string Line(string password, string source)
        => password.AsSpan().ContainsAny('\n', '\r', '\0') ? throw new CommandFailedException($"{source}: the password must be one line") : password;

    public static Task MigrateAsync(InstanceInfo instance, string password, ILoggerFactory loggers, CancellationToken cancellation) =>
        AggregatorSchema.MigrateAsync(
            new AggregatorOptions { ClickHouseUrl = instance.Sql, User = "writer", Password = password }, loggers.CreateLogger("Tidemark.Aggregator"), cancellation);
}
