using Tidemark.ClickHouse.Embedded;
using Tidemark.Local.Commands;
using Tidemark.Local.Configuration;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Sql;

/// <summary>Where a query goes: to the instance that works on the folder, or to an engine that is started on it for this purpose.</summary>
internal sealed class SqlEndpoint : IAsyncDisposable
{
    private const string SqlOnly = "sql";

    private readonly CancellationTokenSource? _stop;
    private readonly Task _running;
    private readonly FolderLock? _folder;

    private SqlEndpoint(Uri address, CancellationTokenSource? stop, Task running, FolderLock? folder) =>
        (Address, _stop, _running, _folder) = (address, stop, running, folder);

    public Uri Address { get; }

    public static async Task<SqlEndpoint> OpenAsync(LocalOptions options, CancellationToken cancellation)
    {
        while (true)
        {
            var instance = await FolderLock.FindInstanceAsync(options.Data, cancellation);
            // Another sql serves its own query only and is gone in a moment.
            if (instance is { Command: not SqlOnly })
                return new SqlEndpoint(instance.Sql, null, Task.CompletedTask, null);
            if (instance is not null)
                await Task.Delay(50, cancellation);
            else if (FolderLock.TryTake(options.Data) is { } folder)
                return await StartAsync(options, folder, cancellation);
        }
    }

    private static async Task<SqlEndpoint> StartAsync(LocalOptions options, FolderLock folder, CancellationToken cancellation)
    {
        var stop = new CancellationTokenSource();
        var password = Guid.NewGuid().ToString("n");
        var server = new EngineServer(EngineCommand.ServerOptions(options with { SqlPort = 0 }, password));
        var running = WithPredecessorAsync(server, stop.Token);
        await Task.WhenAny(running, server.Listening);
        if (running.IsCompleted)
        {
            folder.Dispose();
            stop.Dispose();
            await running;
        }
        var instance = new InstanceInfo(Environment.ProcessId, SqlOnly, null, await server.Listening, 0, options.Data);
        instance.Write();
        var endpoint = new SqlEndpoint(instance.Sql, stop, running, folder);
        if (!await HasTablesAsync(instance.Sql, cancellation))
        {
            using var loggers = Microsoft.Extensions.Logging.LoggerFactory.Create(logging => Logs.Configure(logging, verbose: false));
            await EngineCommand.MigrateAsync(instance, password, loggers, cancellation);
        }
        return endpoint;
    }

    private static async Task<bool> HasTablesAsync(Uri address, CancellationToken cancellation)
    {
        using var client = new SqlClient(address);
        return await client.TryRowsAsync("SELECT 1 FROM system.tables WHERE database = 'tidemark' AND name = 'sessions'", cancellation) is [_];
    }

    // The engine of a process that was killed a moment ago may still be on its way out.
    private static async Task WithPredecessorAsync(EngineServer server, CancellationToken stop)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await server.RunAsync(stop);
                return;
            }
            catch (EngineException e) when (e.Failure == EngineFailure.FolderInUse && attempt < 50)
            {
                await Task.Delay(200, stop);
            }
        }
    }

    /// <summary>Ends the process with a failure's status when the engine runs in it, see <see cref="ProcessEnd"/>; else does nothing.</summary>
    public void LeaveFailed(int status)
    {
        if (_folder is null)
            return;
        _folder.Dispose();
        ProcessEnd.Now(status);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop is not null)
        {
            await _stop.CancelAsync();
            await _running;
            _stop.Dispose();
        }
        _folder?.Dispose();
    }
}
