using System.Diagnostics;
using Tidemark.Local.Configuration;
using Tidemark.Local.Demo.Report;
using Tidemark.Local.Demo.Traffic;
using Tidemark.Local.Hosting;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Demo;

/// <summary>The demo from beginning to end: pipeline, past day, first live events, tables, and live traffic until it is told to stop.</summary>
internal sealed class DemoRun(LocalOptions options, DemoOptions demo, TextWriter output, bool isTerminal, TimeProvider time)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(2);

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        DemoDatabase.Check(options, demo);
        var key = ReadyProject.KeyOf(options.Collector)
            ?? throw new CommandFailedException($"the demo sends a past day to the project {ReadyProject.Name}, and the option projects gives that no key with history: give it one");
        var folder = await TakeFolderAsync(cancellation);
        var chosen = DemoPorts.Choose(await WithDatabaseAsync(folder, cancellation), Say);
        Say("starting the pipeline");
        await using var pipeline = await Patience.WithinAsync(
            StartLimit, "the start of the pipeline", token => LocalPipeline.StartAsync(chosen, "demo", folder, token), cancellation);
        return await pipeline.GuardAsync(running => ShowAsync(pipeline, SqlServer.Of(pipeline.Instance, chosen), key, begun, running), cancellation);
    }

    private async Task<int> ShowAsync(LocalPipeline pipeline, SqlServer server, string key, long begun, CancellationToken running)
    {
        await Patience.WithinAsync(StartLimit, "the start of the pipeline", async token =>
        {
            await pipeline.WaitReadyAsync(token);
            return 0;
        }, running);

        var day = Day.Generate(demo.Seed, PastMinute());
        Say($"sending the past day of a made-up shop, {day.Start:yyyy-MM-dd HH:mm} to {day.End:yyyy-MM-dd HH:mm} UTC, seed {day.Seed}: {day.Events.Count:N0} events to POST /v1/history?import={day.ImportId}");
        var loaded = await new PastDay(pipeline.Instance, server, key, day, Say, time).SendAsync(running);
        Say($"all {loaded.Events:N0} events and {loaded.Sessions:N0} sessions are in ClickHouse");

        using var live = new LiveTraffic(pipeline.Instance, server, key, day, time, Say);
        Say($"sent {await live.BeginAsync(running)} live events to POST /v1/events");
        await AnswerAsync(server, Questions.About(day, time.GetUtcNow(), options.Sessionizer.Gap), running);
        Say($"\ndone in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
        if (!demo.Exit)
            await ServeAsync(pipeline.Instance, key, live, running);
        return 0;
    }

    private async Task<FolderLock> TakeFolderAsync(CancellationToken cancellation)
    {
        var folder = FolderLock.Take(options.Data);
        try
        {
            if (!DemoFolder.HasData(options.Data))
            {
                Say($"data folder {options.Data}");
                DemoFolder.Mark(options.Data);
            }
            else if (demo.OwnFolder || demo.Reset)
            {
                if (!demo.OwnFolder && !DemoFolder.IsMarked(options.Data))
                    throw new CommandFailedException($"{Quoted.Text(options.Data)} has data that was there before any demo, so --reset does not empty it: remove it yourself, or choose another folder with --data");
                Say($"data folder {options.Data}, emptied: the demo begins afresh{(demo.Reset ? "" : " (--data DIR keeps what is there)")}");
                await DemoFolder.EmptyAsync(folder, options.Data, cancellation);
                DemoFolder.Mark(options.Data);
            }
            else
                Say($"data folder {options.Data} has data: the demo's day is added to it, and the tables show all of it{(DemoFolder.IsMarked(options.Data) ? " (--reset begins afresh)" : "")}");
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>A server's database goes with the folder: what a demo before loaded is of a log that is no more.</summary>
    private async Task<LocalOptions> WithDatabaseAsync(FolderLock folder, CancellationToken cancellation)
    {
        if (!options.UsesServer)
            return options;
        try
        {
            var chosen = DemoDatabase.Choose(options, demo);
            await SqlServer.Of(chosen).CheckAsync(cancellation);
            if (demo.OwnFolder)
                await DemoDatabase.DropAsync(chosen, cancellation);
            Say($"ClickHouse at {chosen.Aggregator.ClickHouseUrl}, database {chosen.Aggregator.Database}{(demo.OwnFolder ? ", which begins empty too" : "")}");
            return chosen;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private async Task AnswerAsync(SqlServer server, IReadOnlyList<Question> questions, CancellationToken running)
    {
        using var sql = new SqlClient(server);
        var report = new ReportWriter(output, isTerminal, Math.Min(ColumnFit.UsualWidth, isTerminal ? TerminalWidth() : ColumnFit.UsualWidth));
        foreach (var question in questions)
            report.Write(question, await Patience.WithinAsync(AnswerLimit, $"the answer to \"{question.Title}\"", token => Answer.AskAsync(sql, question.Sql, token), running));
    }

    private async Task ServeAsync(InstanceInfo instance, string key, LiveTraffic live, CancellationToken running)
    {
        var (file, arguments) = EngineChild.OwnProgram();
        Whereabouts.Print(output, instance, options);
        Say("\nLive traffic goes on, about two events a second. In another terminal:");
        Say($"  curl -u {(key == ReadyProject.Key ? key : "KEY")}: {instance.Http}v1/events -d '{{\"type\":\"page\",\"anonymousId\":\"me\",\"properties\":{{\"path\":\"/hello\"}}}}'");
        if (instance.ClickHouse is null)
            Say($"  curl {instance.Sql} -d \"SELECT visitor_id, events, entry_page, current_page FROM live_sessions ORDER BY last_event_at DESC LIMIT 5 FORMAT PrettyCompact\"");
        Say($"  {string.Join(' ', [Shell(file), .. arguments.Select(Shell)])} sql --data {Shell(options.Data)} \"SELECT count() FROM sessions\"");
        Say("Ctrl-C stops");
        try
        {
            await live.GoOnAsync(running);
        }
        catch (OperationCanceledException)
        {
            Say("stopping");
            throw;
        }
    }

    /// <summary>What the terminal says; one that does not say is as wide as usual.</summary>
    private static int TerminalWidth()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : ColumnFit.UsualWidth;
        }
        catch (IOException)
        {
            return ColumnFit.UsualWidth;
        }
    }

    private DateTimeOffset PastMinute()
    {
        var now = time.GetUtcNow();
        return new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
    }

    private static string Shell(string argument) => argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument;

    private void Say(string line) => output.WriteLine(line);
}
