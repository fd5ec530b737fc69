using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tidemark.Local.Configuration;
using Tidemark.Local.Demo;
using Tidemark.Local.Hosting;
using Tidemark.Local.Import;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Sorting;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Commands;

/// <summary><c>demo</c>: a made-up shop's day through the real doors, then its answers as tables, then live traffic until Ctrl-C.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var command = new Command("demo", "Send a made-up shop's day through the pipeline, show what comes out, and go on serving.");
        var exit = new Option<bool>("--exit") { Description = "Stop after the tables instead of serving on." };
        var seed = new Option<int?>("--seed") { Description = "Another seed makes another day. Default 1.", HelpName = "N" };
        command.Options.Add(exit);
        command.Options.Add(seed);
        var common = CommonOptions.AddTo(command, OptionTable.All);
        command.SetAction((parsed, _) => CommandTree.RunAsync(async cancellation =>
        {
            var options = WithFreePorts(common.Read(parsed, DataFolder.Default() + "-demo"));
            var folder = FolderLock.Take(options.Data);
            await using var pipeline = await LocalPipeline.StartAsync(options, "demo", folder, parsed.GetValue(common.Verbose), cancellation);
            await pipeline.WaitReadyAsync(cancellation);
            return await pipeline.GuardAsync(running => ShowAsync(pipeline.Instance, parsed.GetValue(seed) ?? 1, parsed.GetValue(exit), running, cancellation), cancellation);
        }));
        return command;
    }

    /// <summary>A port that nobody asked for may be another one when it is taken: the demo is to be seen, whatever else runs.</summary>
    private static LocalOptions WithFreePorts(LocalOptions options)
    {
        if (!options.Given.Contains(OptionTable.HttpPort.Name) && !Ports.IsFree(options.HttpPort))
            options = options with { HttpPort = Replaced(options.HttpPort) };
        if (!options.Given.Contains(OptionTable.SqlPort.Name) && !Ports.IsFree(options.SqlPort))
            options = options with { SqlPort = Replaced(options.SqlPort) };
        return options;
    }

    private static int Replaced(int taken)
    {
        var free = Ports.Free();
        Console.Out.WriteLine($"port {taken} is taken; the demo uses {free}");
        return free;
    }

    private static async Task<int> ShowAsync(InstanceInfo instance, int seed, bool exit, CancellationToken running, CancellationToken interrupted)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
            console.Profile.Width = 160;
        Whereabouts.Print(Console.Out, instance);
        var end = DateTimeOffset.UtcNow.AddMinutes(-1);
        var name = $"demo-{seed}-{end.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}";
        var day = new ShopDay(seed, end, name);
        await SendDayAsync(instance, day, name, running);
        using var live = new LiveVisitors(instance.Http!, LocalPipeline.Key, seed, name);
        using var sql = new SqlClient(instance.Sql);
        await BeginLiveAsync(live, sql, running);
        await new DemoReport(sql, console, day.Start, end).PrintAsync(running);
        if (exit)
            return 0;
        await Console.Out.WriteLineAsync(
            $"""
            the shop's visitors go on; look around, for example:
              curl '{instance.Sql}?query=SELECT+current_page,count()+FROM+live_sessions+GROUP+BY+1'
              curl '{instance.Sql}?query=SELECT+*+FROM+sessions+ORDER+BY+started_at+DESC+LIMIT+5+FORMAT+Vertical'
            Ctrl-C stops
            """);
        try
        {
            await live.TrickleAsync(running);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            await Console.Out.WriteLineAsync("stopping");
        }
        return 0;
    }

    private static async Task SendDayAsync(InstanceInfo instance, ShopDay day, string name, CancellationToken cancellation)
    {
        var sorter = new EventSorter(Path.Combine(instance.Data, "tmp"));
        using var content = new FileContent(sorter, new RowSink(sorter), name);
        var line = 0L;
        foreach (var (time, one) in day.Events())
            content.Rows.Accept(time.ToUnixTimeMilliseconds(), ++line, ShopDay.Utf8(one));
        await using var target = await ImportTarget.AtAsync(instance.Http!, cancellation);
        ImportOutcome outcome;
        using (var progress = new ImportProgress(Console.Error, !Console.IsErrorRedirected))
            outcome = await new ImportRun(target, LocalPipeline.Project, LocalPipeline.Key, progress).SendAsync(content, cancellation);
        await Console.Out.WriteLineAsync(
            $"the past day of a made-up shop is in: {outcome.State!.Events:N0} events by /v1/history (import {name}), {outcome.State.Sessions:N0} sessions");
    }

    /// <summary>Some visitors are there at once, and seen in SQL, before the tables are shown.</summary>
    private static async Task BeginLiveAsync(LiveVisitors live, SqlClient sql, CancellationToken cancellation)
    {
        for (var i = 0; i < 20; i++)
            await live.StepAsync(cancellation);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await sql.TryRowsAsync("SELECT count() FROM live_sessions WHERE project = 'local'", cancellation) is [["0"]] or null)
                await Task.Delay(50, cancellation);
            else
                break;
        }
    }
}
