using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog;
using Tidemark.Local.Configuration;
using Tidemark.Local.Export;
using Tidemark.Local.Hosting;
using Tidemark.Sessionizer;

namespace Tidemark.Local.Commands;

/// <summary>Where the events come from: the product that runs on the data folder, or the folder itself when none does.</summary>
internal static class ExportSource
{
    /// <summary>Writes the events to the output; the progress is a share of the records.</summary>
    public static async Task<ExportCounts> WriteAsync(
        LocalOptions options, ExportSettings settings, Stream output, Action<double> progress, Action<string> say, CancellationToken cancellation)
    {
        if (!Directory.Exists(DataFolder.Log(options.Data)))
            throw new CommandFailedException($"there are no events in {Quoted.Text(options.Data)}: say where the data folder is with --data");
        var told = false;
        while (true)
        {
            var instance = await FolderLock.FindInstanceAsync(options.Data, cancellation);
            if (instance is { IsServing: true, Http: { } address })
                return await FromRunningAsync(address, settings, output, progress, cancellation);
            if (instance is { Command: "engine" })
                throw new CommandFailedException($"'engine' (process {instance.ProcessId}) runs on {Quoted.Text(options.Data)}: stop it, or start 'run' instead");
            if (instance is null && FolderLock.TryTake(options.Data) is { } folder)
            {
                using (folder)
                    return await FromFolderAsync(options, settings, output, progress, cancellation);
            }
            if (!told && instance is not null)
                say($"waiting for '{instance.Command}' (process {instance.ProcessId}), which works on {options.Data}");
            told = true;
            await Task.Delay(200, cancellation);
        }
    }

    private static async Task<ExportCounts> FromRunningAsync(Uri address, ExportSettings settings, Stream output, Action<double> progress, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{ExportDoor.Path}?from={settings.From}&to={settings.To}");
            using var answer = await http.GetAsync(new Uri(address, path), HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!answer.IsSuccessStatusCode)
                throw new CommandFailedException($"the product at {address} does not export (status {(int)answer.StatusCode}): is it an older version? stop it and export again");
            var records = answer.Headers.TryGetValues(ExportDoor.RecordsHeader, out var header) && long.TryParse(header.First(), out var said) ? said : 0;
            var counts = await CopyLinesAsync(
                await answer.Content.ReadAsStreamAsync(cancellation), output, lines => progress(records == 0 ? 1 : (double)lines / records), cancellation);
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
        var counts = new StringBuilder();
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
            var rest = inLines ? mark + 1 : 0;
            counts.Append(Encoding.ASCII.GetString(buffer, rest, read - rest));
            inLines = false;
        }
        return counts.ToString();
    }

    private static CommandFailedException Cut(Uri address) =>
        new($"the product at {address} stopped in the middle of the export: see what it says, then export again");

    /// <summary>Opens the log alone, and lets the sessionizer decide about what came in just before the product stopped.</summary>
    private static async Task<ExportCounts> FromFolderAsync(
        LocalOptions options, ExportSettings settings, Stream output, Action<double> progress, CancellationToken cancellation)
    {
        using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, options.Verbose));
        await using var log = LocalPipeline.OpenLog(options, loggers);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        Logs.Configure(builder.Logging, options.Verbose);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddSingleton<IEventLog>(new Shared(log));
        builder.Services.AddSessionizer(options.Sessionizer);
        using var host = builder.Build();
        await host.StartAsync(cancellation);
        try
        {
            var export = await LogExport.OpenAsync(log, settings, cancellation);
            export.OnProgress = progress;
            await export.WriteAsync(output, cancellation);
            return export.Counts;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }
}
