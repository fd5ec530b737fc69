using System.Net.Http.Json;
using System.Net.Sockets;
using Tidemark.Local.Configuration;
using Tidemark.Local.Hosting;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Import;

/// <summary>
/// Where an import goes: to an address, to the instance that works on the data folder, or to services that are started for it and stopped after it.
/// </summary>
internal sealed class ImportTarget : IAsyncDisposable
{
    private readonly LocalPipeline? _own;

    private ImportTarget(Uri collector, SqlServer? sql, int partitions, string? data, LocalPipeline? own) =>
        (Collector, Sql, Partitions, Data, _own) = (collector, sql, partitions, data, own);

    public Uri Collector { get; }

    /// <summary>Null when the collector does not say where its ClickHouse is; then nobody can wait for the tables.</summary>
    public SqlServer? Sql { get; }

    public int Partitions { get; }

    /// <summary>Data folder of the target, as far as it is on this machine.</summary>
    public string? Data { get; }

    /// <summary>A collector at an address. Asks it whether it is a local edition, which says where its ClickHouse is.</summary>
    public static async Task<ImportTarget> AtAsync(Uri collector, LocalOptions options, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            using var answer = await http.GetAsync(new Uri(collector, "/v1/instance"), cancellation);
            if (answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync(InstanceJson.Default.InstanceInfo, cancellation) is { } instance)
            {
                // The engine is where the collector is; a server is where it is. The password goes to an address that the options name, not to one that the collector names.
                var sql = instance.ClickHouse is null ? new SqlServer(new UriBuilder(instance.Sql) { Host = collector.Host }.Uri)
                    : options.UsesServer ? SqlServer.Of(options) : options.Aggregator.Password.Length == 0 ? SqlServer.Of(instance, options)
                    : throw new CommandFailedException($"the collector at {collector} uses ClickHouse at {instance.ClickHouse}: give that address with --{OptionTable.ClickHouse} if the password is for it");
                return await CheckedAsync(new ImportTarget(collector, sql, instance.Partitions, instance.Data, null), cancellation);
            }
            return new ImportTarget(collector, null, 0, null, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or System.Text.Json.JsonException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new CommandFailedException($"nothing answers at {collector}: start 'run' first, or leave --to away to import into the data folder");
        }
    }

    public static async Task<ImportTarget> OnFolderAsync(LocalOptions options, Action<string> say, CancellationToken cancellation)
    {
        var told = false;
        while (true)
        {
            var instance = await FolderLock.FindInstanceAsync(options.Data, cancellation);
            if (instance is { IsServing: true, Http: { } http })
                return await CheckedAsync(new ImportTarget(http, SqlServer.Of(instance, options), instance.Partitions, options.Data, null), cancellation);
            if (instance is { Command: "engine" })
                throw new CommandFailedException($"only 'engine' (process {instance.ProcessId}) runs on {Quoted.Text(options.Data)}: stop it, or start 'run' instead");
            if (instance is not null)
            {
                if (!told)
                    say($"waiting for '{instance.Command}' (process {instance.ProcessId}), which works on {options.Data}");
                told = true;
                await Task.Delay(200, cancellation);
            }
            else if (FolderLock.TryTake(options.Data) is { } folder)
            {
                var own = await LocalPipeline.StartAsync(options with { HttpPort = 0, SqlPort = 0 }, "import", folder, cancellation);
                return await CheckedAsync(new ImportTarget(own.Instance.Http!, SqlServer.Of(own.Instance, options), own.Instance.Partitions, options.Data, own), cancellation);
            }
        }
    }

    /// <summary>An engine is on its way up or fails by itself; a server that does not let us in would be waited for without a word.</summary>
    private static async Task<ImportTarget> CheckedAsync(ImportTarget target, CancellationToken cancellation)
    {
        try
        {
            if (target.Sql is { IsReader: false } server)
                await server.CheckAsync(cancellation);
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    /// <summary>Work against the target; ends when services that were started for it fail.</summary>
    public Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation) =>
        _own is null ? work(cancellation) : _own.GuardAsync(work, cancellation);

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
