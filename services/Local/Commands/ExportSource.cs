using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Tidemark.Aggregator;
using Tidemark.Aggregator.Http;
using Tidemark.Local.Configuration;
using Tidemark.Local.Export;
using Tidemark.Local.Hosting;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Commands;

/// <summary>
/// Whose tables the events come from: those of the product that runs on the data folder; the folder's, by a product that is started for it; or those of a ClickHouse server or of a folder without
/// a log, as they are. A product is asked where there is one, since it knows what its log holds and its tables do not yet.
/// </summary>
internal static class ExportSource
{
    /// <summary>Writes the events to the output; the progress is a share of them.</summary>
    public static async Task<ExportCounts> WriteAsync(
        LocalOptions options, ExportSettings settings, Stream output, Action<double> progress, Action<string> say, CancellationToken cancellation)
    {
        if (options.UsesServer)
        {
            if (await FolderLock.FindInstanceAsync(options.Data, cancellation) is { IsServing: true, Http: { } http } running && Loads(running, options))
                return await FromProductAsync(http, settings, output, progress, cancellation);
            return await FromTablesAsync(options.Aggregator, settings, output, progress, say, cancellation);
        }
        if (!Directory.Exists(DataFolder.Log(options.Data)))
            return await FromFolderWithoutLogAsync(options, settings, output, progress, say, cancellation);
        var told = false;
        while (true)
        {
            var instance = await FolderLock.FindInstanceAsync(options.Data, cancellation);
            if (instance is { IsServing: true, Http: { } address })
                return await FromProductAsync(address, settings, output, progress, cancellation);
            if (instance is { Command: "engine" })
                throw new CommandFailedException($"'engine' (process {instance.ProcessId}) runs on {Quoted.Text(options.Data)}: stop it, or start 'run' instead");
            if (instance is null && FolderLock.TryTake(options.Data) is { } folder)
                return await FromFolderAsync(options, folder, settings, output, progress, cancellation);
            if (!told && instance is not null)
                say($"waiting for '{instance.Command}' (process {instance.ProcessId}), which works on {options.Data}");
            told = true;
            await Task.Delay(200, cancellation);
        }
    }

    private static bool Loads(InstanceInfo running, LocalOptions options) =>
        running.ClickHouse == options.Aggregator.ClickHouseUrl && running.Database == options.Aggregator.Database;

    /// <summary>Starts the product on the folder, which loads what came in just before it was stopped, and stops it afterwards.</summary>
    private static async Task<ExportCounts> FromFolderAsync(
        LocalOptions options, FolderLock folder, ExportSettings settings, Stream output, Action<double> progress, CancellationToken cancellation)
    {
        if (!Directory.Exists(DataFolder.Engine(options.Data)))
        {
            folder.Dispose();
            throw new CommandFailedException(
                $"there are no tables in {Quoted.Text(options.Data)}: if 'run' used a ClickHouse server, name it with --{OptionTable.ClickHouse}; otherwise start 'run' once, which loads what the log holds");
        }
        await using var own = await LocalPipeline.StartAsync(options with { HttpPort = 0, SqlPort = 0 }, "export", folder, cancellation);
        return await own.GuardAsync(running => FromProductAsync(own.Instance.Http!, settings, output, progress, running), cancellation);
    }

    /// <summary>The log is gone and the tables are there: the engine alone.</summary>
    private static async Task<ExportCounts> FromFolderWithoutLogAsync(
        LocalOptions options, ExportSettings settings, Stream output, Action<double> progress, Action<string> say, CancellationToken cancellation)
    {
        if (!Directory.Exists(DataFolder.Engine(options.Data)))
            throw new CommandFailedException($"there are no events in {Quoted.Text(options.Data)}: say where the data folder is with --data, or where ClickHouse is with --{OptionTable.ClickHouse}");
        await using var engine = await SqlEndpoint.OpenAsync(options, cancellation);
        var server = engine.Server;
        var tables = options.Aggregator with { ClickHouseUrl = server.Address, User = server.User, Password = server.Password, Database = server.Database };
        return await FromTablesAsync(tables, settings, output, progress, say, cancellation);
    }

    private static async Task<ExportCounts> FromTablesAsync(
        AggregatorOptions tables, ExportSettings settings, Stream output, Action<double> progress, Action<string> say, CancellationToken cancellation)
    {
        say($"reading the tables at {tables.ClickHouseUrl} as they are: what was sent and is not loaded yet is not in the export");
        using var clickHouse = new ClickHouseClient(tables);
        try
        {
            var export = await TableExport.OpenAsync(clickHouse, settings, cancellation);
            export.OnProgress = progress;
            await export.WriteAsync(output, cancellation);
            return export.Counts;
        }
        catch (Exception e) when (e is ClickHouseException or InvalidDataException)
        {
            throw new CommandFailedException(Quoted.Text(e.Message, 300));
        }
    }

    private static async Task<ExportCounts> FromProductAsync(Uri address, ExportSettings settings, Stream output, Action<double> progress, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{ExportDoor.Path}?from={settings.From}&to={settings.To}");
            if (settings.Project is { } project)
                path += $"&project={Uri.EscapeDataString(project)}";
            using var answer = await http.GetAsync(new Uri(address, path), HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                var text = (await answer.Content.ReadAsStringAsync(cancellation)).Trim();
                throw new CommandFailedException(answer.Content.Headers.ContentType?.MediaType == "text/plain" && text.Length > 0
                    ? Quoted.Text(text, 600)
                    : $"the product at {address} does not export (status {(int)answer.StatusCode}): is it an older version? stop it and export again");
            }
            var records = answer.Headers.TryGetValues(ExportDoor.RecordsHeader, out var header) && long.TryParse(header.First(), out var said) ? said : 0;
            var counts = await CopyLinesAsync(
                await answer.Content.ReadAsStreamAsync(cancellation), output, lines => progress(records == 0 ? 1 : (double)lines / records), cancellation);
            if (counts.StartsWith(ExportDoor.FailureMark))
                throw new CommandFailedException(Quoted.Text(counts[1..], 600));
            return ExportCounts.Parse(counts) ?? throw Cut(address);
        }
        catch (Exception e) when (e is HttpRequestException { StatusCode: null } or HttpIOException or SocketException)
        {
            throw Cut(address);
        }
    }

    /// <summary>Copies the lines and returns what follows them.</summary>
    private static async Task<string> CopyLinesAsync(Stream from, Stream to, Action<long> progress, CancellationToken cancellation)
    {
        var buffer = new byte[128 << 10];
        var counts = new List<byte>();
        var inLines = true;
        long lines = 0;
        while (await from.ReadAsync(buffer, cancellation) is var read and > 0)
        {
            var mark = inLines ? buffer.AsSpan(0, read).IndexOf(ExportDoor.CountsMark) : -1;
            var length = !inLines ? 0 : mark < 0 ? read : mark;
            await to.WriteAsync(buffer.AsMemory(0, length), cancellation);
            lines += buffer.AsSpan(0, length).Count((byte)'\n');
            progress(lines);
            if (mark < 0 && inLines)
                continue;
            counts.AddRange(buffer.AsSpan((inLines ? mark + 1 : 0)..read));
            inLines = false;
        }
        return Encoding.UTF8.GetString([.. counts]);
    }

    private static CommandFailedException Cut(Uri address) =>
        new($"the product at {address} stopped in the middle of the export: see what it says, then export again");
}
