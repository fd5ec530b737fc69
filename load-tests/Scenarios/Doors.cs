using System.Diagnostics;
using System.Globalization;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.LoadTests.Scenarios;

/// <param name="Servers">Name and Collector.Host.dll of each build.</param>
internal sealed record DoorsOptions(IReadOnlyList<(string Name, string Path)> Servers, int Rounds, int Connections, int Seed);

/// <summary>
/// What the HTTP doors cost without a log behind them, in builds that are to be compared: each is started in turn, round after round, and gets the same requests. The generator runs on the same
/// cores, so CPU is taken from the server's own account. Rounds are compared one by one: what else the machine does meanwhile hits neighbours alike.
/// </summary>
internal static class Doors
{
    private static readonly (string Name, int Events, int Requests)[] _loads = [("1 event a request", 1, 20_000), ("500 events a request", 500, 400)];

    internal static async Task<int> RunAsync(DoorsOptions options, CancellationToken cancellation)
    {
        var figures = new Dictionary<(string Server, string Load), List<Figures>>();
        for (var round = 0; round < options.Rounds; round++)
        {
            // Who comes first changes from round to round.
            foreach (var (name, path) in options.Servers.Skip(round % options.Servers.Count).Concat(options.Servers.Take(round % options.Servers.Count)))
            {
                foreach (var (load, measured) in await MeasureAsync(path, options, cancellation))
                {
                    if (!figures.TryGetValue((name, load), out var list))
                        figures[(name, load)] = list = [];
                    list.Add(measured);
                    Console.WriteLine(FormattableString.Invariant(
                        $"round {round + 1}, {name}, {load}: {measured.CpuMicroseconds:F2} us CPU, {measured.AllocatedBytes:F0} bytes allocated a request, {measured.RequestsPerSecond:F0} requests/s"));
                }
            }
        }
        Report(options, figures);
        return 0;
    }

    private static async Task<List<(string Load, Figures Measured)>> MeasureAsync(string path, DoorsOptions options, CancellationToken cancellation)
    {
        var port = Testing.FreePort.Take();
        using var server = Process.Start(new ProcessStartInfo("dotnet", [path, "serve", "none", port.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            if (await server.StandardOutput.ReadLineAsync(cancellation) != "ready")
                throw new ScenarioFailedException($"{path} did not start");
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = options.Connections }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            var measured = new List<(string, Figures)>();
            foreach (var (name, events, requests) in _loads)
            {
                // Until the code is compiled as it will stay.
                await SendAsync(http, options, events, requests / 2, cancellation);
                var allocated = await AllocatedAsync(http, cancellation);
                var cpu = ProcessFigures.Of(server.Id).CpuSeconds;
                var clock = Stopwatch.StartNew();
                await SendAsync(http, options, events, requests, cancellation);
                var seconds = clock.Elapsed.TotalSeconds;
                cpu = ProcessFigures.Of(server.Id).CpuSeconds - cpu;
                allocated = await AllocatedAsync(http, cancellation) - allocated;
                measured.Add((name, new Figures(cpu * 1e6 / requests, (double)allocated / requests, requests / seconds, events)));
            }
            return measured;
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task SendAsync(HttpClient http, DoorsOptions options, int events, int requests, CancellationToken cancellation)
    {
        var left = requests;
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(index => Task.Run(async () =>
        {
            var generator = new EventGenerator(options.Seed * 1000 + index, 50_000);
            var buffer = new byte[events * 512];
            var door = new Uri(http.BaseAddress!, Posting.LivePath);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using var request = Posting.Events(door, "live", new ByteArrayContent(buffer, 0, generator.Write(buffer, events, DateTimeOffset.UtcNow)));
                using var answer = await http.SendAsync(request, cancellation);
                if (!answer.IsSuccessStatusCode)
                    throw new ScenarioFailedException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
            }
        }, cancellation)));
    }

    private static async Task<long> AllocatedAsync(HttpClient http, CancellationToken cancellation) => long.Parse(await http.GetStringAsync("/allocated", cancellation), CultureInfo.InvariantCulture);

    private static void Report(DoorsOptions options, Dictionary<(string Server, string Load), List<Figures>> figures)
    {
        foreach (var (load, _, _) in _loads)
        {
            Console.WriteLine($"\n| {load}, median of {options.Rounds} rounds | CPU us a request | us an event | bytes allocated a request | requests/s | events/s | CPU against {options.Servers[0].Name}, round by round (quartiles) |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
            var first = figures[(options.Servers[0].Name, load)];
            foreach (var (name, _) in options.Servers)
            {
                var own = figures[(name, load)];
                var ratios = own.Zip(first, static (one, other) => one.CpuMicroseconds / other.CpuMicroseconds).ToList();
                Console.WriteLine(FormattableString.Invariant(
                    $"| {name} | {Quantile(own.Select(static f => f.CpuMicroseconds), 0.5):F2} | {Quantile(own.Select(static f => f.CpuMicroseconds / f.Events), 0.5):F3} | {Quantile(own.Select(static f => f.AllocatedBytes), 0.5):F0} | {Quantile(own.Select(static f => f.RequestsPerSecond), 0.5):F0} | {Quantile(own.Select(static f => f.RequestsPerSecond * f.Events), 0.5):F0} | {Quantile(ratios, 0.5):F3} ({Quantile(ratios, 0.25):F3} to {Quantile(ratios, 0.75):F3}) |"));
            }
        }
    }

    private static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Round((sorted.Count - 1) * share)];
    }

    private readonly record struct Figures(double CpuMicroseconds, double AllocatedBytes, double RequestsPerSecond, int Events);
}
