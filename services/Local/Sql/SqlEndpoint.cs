using Microsoft.Extensions.Logging;
using Tidemark.Local.Configuration;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Sql;

/// <summary>Where a query goes: to the server that the options name, to the instance that works on the folder, or to an engine that is started on it for this purpose.</summary>
internal sealed class SqlEndpoint : IAsyncDisposable
{
    private const string SqlOnly = "sql";

    private readonly EngineChild? _engine;
    private readonly FolderLock? _folder;

    private readonly ILoggerFactory? _loggers;

    private SqlEndpoint(SqlServer server, EngineChild? engine, FolderLock? folder, ILoggerFactory? loggers) => (Server, _engine, _folder, _loggers) = (server, engine, folder, loggers);

    public SqlServer Server { get; }

    public static async Task<SqlEndpoint> OpenAsync(LocalOptions options, CancellationToken cancellation)
    {
        if (options.UsesServer)
            return new SqlEndpoint(SqlServer.Of(options), null, null, null);
        if (!DataFolder.Exists(options.Data))
            throw new CommandFailedException($"there is no data in {Quoted.Text(options.Data)}: say where the data folder is with --data; 'run', 'import' and 'demo' make one");
        while (true)
        {
            var instance = await FolderLock.FindInstanceAsync(options.Data, cancellation);
            // Another sql serves its own query only and is gone in a moment.
            if (instance is { Command: not SqlOnly })
                return new SqlEndpoint(SqlServer.Of(instance, options), null, null, null);
            if (instance is not null)
                await Task.Delay(50, cancellation);
            else if (FolderLock.TryTake(options.Data) is { } folder)
                return await StartAsync(options, folder, cancellation);
        }
    }

    private static async Task<SqlEndpoint> StartAsync(LocalOptions options, FolderLock folder, CancellationToken cancellation)
    {
        var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, verbose: false));
        EngineChild? engine = null;
        try
        {
            engine = await EngineChild.StartAnywhereAsync(options, loggers.CreateLogger("Tidemark.Local.Engine"), cancellation);
            var instance = new InstanceInfo(Environment.ProcessId, SqlOnly, null, engine.Port, 0, options.Data);
            instance.Write();
            var server = new SqlServer(instance.Sql);
            if (!await HasTablesAsync(server, cancellation))
                await EngineTables.MigrateAsync(instance, engine.Password, loggers, cancellation);
            return new SqlEndpoint(server, engine, folder, loggers);
        }
        catch
        {
            if (engine is not null)
                await engine.DisposeAsync();
            loggers.Dispose();
            folder.Dispose();
            throw;
        }
    }

    private static async Task<bool> HasTablesAsync(SqlServer server, CancellationToken cancellation)
    {
        using var client = new SqlClient(server);
        return await client.TryRowsAsync("SELECT 1 FROM system.tables WHERE database = 'tidemark' AND name = 'sessions'", cancellation) is [_];
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync();
        _loggers?.Dispose();
        _folder?.Dispose();
    }
}
