using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Local.Demo;
using Tidemark.Local.Demo.Traffic;

namespace Tidemark.Local.Tests.Demo;

/// <summary>The command as its users start it, against what the generator says.</summary>
public sealed partial class DemoEndToEndTests : IDisposable
{
    private const int Seed = 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-demo-").FullName;

    [Fact]
    public async Task A_demo_that_exits_shows_the_generators_numbers_in_every_table()
    {
        var (status, output, error) = await RunAsync("demo", "--exit", "--seed", $"{Seed}", "--data", _folder, "--http-port", "0", "--sql-port", "0");
        Assert.True(status == 0, $"{status}\n{output}\n{error}");
        Assert.Equal("", error);
        Assert.DoesNotContain('\u001b', output);
        Assert.DoesNotContain(output.Split('\n'), static l => l.Length > 80 && !l.Contains("SELECT", StringComparison.Ordinal) && !l.StartsWith("sending ", StringComparison.Ordinal) && !l.StartsWith("data folder ", StringComparison.Ordinal));
        Assert.DoesNotContain("no room for", output, StringComparison.Ordinal);

        var end = DateTimeOffset.ParseExact(EndOfDay().Match(output).Groups[1].Value, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var day = Day.Generate(Seed, end);
        var told = new Told(day);

        var arrived = Rows(output, "What arrived?");
        Assert.Equal(["history", $"{day.Events.Count}", $"{told.Visitors}"], arrived[0][..3]);
        Assert.Equal(["live", $"{LiveTraffic.FirstEvents}"], arrived[1][..2]);

        var sessions = Assert.Single(Rows(output, "Which sessions came of it?"));
        Assert.Equal([$"{told.Sessions.Count}", $"{told.Visitors}", $"{day.Events.Count}"], sessions[..3]);
        Assert.True(told.Sessions.Count > told.Visitors);
        Assert.Equal($"{day.Events.Count(static e => e.Name == "error")}", sessions[5]);

        Assert.Equal(10, Rows(output, "The latest sessions").Count);
        Assert.NotEmpty(Rows(output, "Who is there right now?"));
        Assert.Equal(told.Sessions.Count, Rows(output, "Overview, hour by hour").Sum(static r => int.Parse(r[1], CultureInfo.InvariantCulture)));
        Assert.NotEmpty(Rows(output, "Where do they come from?"));
        Assert.NotEmpty(Rows(output, "Which pages are seen most?"));
        Assert.NotEmpty(Rows(output, "Paths: the first steps of a visit"));
        Assert.NotEmpty(Rows(output, "Which errors did they run into?"));
        Assert.NotEmpty(Rows(output, "Retention: who came back on the next day?"));

        var funnel = Rows(output, "Funnel: from product to purchase").Select(static r => int.Parse(r[2], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(4, funnel.Count);
        Assert.Equal(funnel.OrderDescending(), funnel);
        Assert.True(funnel[^1] > 0);

        var experiment = Rows(output, "Experiment: does the one-page-checkout sell more?");
        Assert.Equal(["classic", "one-page"], experiment.Select(static r => r[0]));
        Assert.True(double.Parse(experiment[0][3], CultureInfo.InvariantCulture) < double.Parse(experiment[1][3], CultureInfo.InvariantCulture));

        // What was shown stays: the data folder answers after the demo has gone.
        var (asked, count, wrong) = await RunAsync("sql", "--data", _folder, "SELECT count(), uniqExact(visitor_id) FROM sessions WHERE lane = 'history'");
        Assert.True(asked == 0, wrong);
        Assert.Equal($"{told.Sessions.Count}\t{told.Visitors}", count.Trim());

        // Once more on it: the live events' visitors are the same, and go on with sessions that the first run left open.
        var (again, text, failure) = await RunAsync("demo", "--exit", "--seed", $"{Seed}", "--data", _folder, "--http-port", "0", "--sql-port", "0");
        Assert.True(again == 0, $"{again}\n{text}\n{failure}");
    }

    [Fact]
    public async Task A_port_that_was_asked_for_and_is_taken_is_one_line_and_a_status()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;

        var (status, _, error) = await RunAsync("demo", "--exit", "--data", _folder, "--http-port", $"{port}", "--sql-port", "0");

        Assert.Equal(1, status);
        Assert.Equal($"port {port} of 127.0.0.1 is taken: stop what uses it, or choose another port with --http-port", error.Trim());
    }

    [Fact]
    public async Task A_reset_empties_a_folder_that_a_demo_made_and_no_other()
    {
        var log = Directory.CreateDirectory(Path.Combine(_folder, "log"));
        await File.WriteAllTextAsync(Path.Combine(log.FullName, "somebody's"), "events");
        var (status, _, error) = await RunAsync("demo", "--exit", "--reset", "--data", _folder);
        Assert.Equal(1, status);
        Assert.Contains("has data that was there before any demo, so --reset does not empty it", error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(log.FullName, "somebody's")));

        DemoFolder.Mark(_folder);
        var (again, output, failure) = await RunAsync("demo", "--exit", "--reset", "--data", _folder, "--http-port", "0", "--sql-port", "0");
        Assert.True(again == 0, $"{output}\n{failure}");
        Assert.False(File.Exists(Path.Combine(log.FullName, "somebody's")));
        Assert.True(DemoFolder.IsMarked(_folder));
    }

    /// <summary>The rows under a heading; cells are two blanks or more apart.</summary>
    private static List<string[]> Rows(string output, string title)
    {
        var lines = output.Split('\n').SkipWhile(l => l != $"## {title}").Skip(3).TakeWhile(static l => !l.StartsWith("   SELECT", StringComparison.Ordinal)).ToList();
        return [.. lines.Select(static l => Cells().Split(l.Trim()))];
    }

    [GeneratedRegex(" {2,}")]
    private static partial Regex Cells();

    [GeneratedRegex(@"to (\d{4}-\d\d-\d\d \d\d:\d\d) UTC")]
    private static partial Regex EndOfDay();

    private static Task<ShellResult> RunAsync(params string[] arguments) => Shell.RunOursAsync("tidemark.dll", arguments);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
