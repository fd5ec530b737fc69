using System.Diagnostics;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>Another client: asks SELECT 1 and /ping again and again, each time on a new connection, and keeps the longest wait.</summary>
internal sealed class StarvationProbe : IAsyncDisposable
{
    // Only a hang guard: what is wanted is 2 s.
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    readonly CancellationTokenSource _stop = new();
    readonly List<string> _failures = [];
    readonly Task _queries;
    readonly Task _pings;

    public StarvationProbe(Uri address)
    {
        _queries = LoopAsync(new Uri(address, "/?query=SELECT+1"), "1\n", wait => LongestQuery = Max(LongestQuery, wait));
        _pings = LoopAsync(new Uri(address, "/ping"), "Ok.\n", wait => LongestPing = Max(LongestPing, wait));
    }

    public TimeSpan LongestQuery { get; private set; }

    public TimeSpan LongestPing { get; private set; }

    public int Answers { get; private set; }

    /// <summary>Answers that were wrong or did not come.</summary>
    public IReadOnlyList<string> Failures => _failures;

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_queries, _pings);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    async Task LoopAsync(Uri uri, string expected, Action<TimeSpan> waited)
    {
        while (!_stop.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            var answer = await AskAsync(uri);
            lock (_failures)
            {
                waited(Stopwatch.GetElapsedTime(start));
                Answers++;
                if (answer != expected)
                    _failures.Add($"{uri.PathAndQuery}: {answer.TrimEnd()}");
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }

    static async Task<string> AskAsync(Uri uri)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Bound };
        try
        {
            return await (await http.GetAsync(uri)).Content.ReadAsStringAsync();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return e is OperationCanceledException ? $"no answer within {Bound.TotalSeconds} s" : e.Message;
        }
    }

    static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
