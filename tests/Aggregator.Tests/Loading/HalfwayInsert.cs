using System.Net;
using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Aggregator.Verification;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>
/// Loses the answer to the first insert of events, so that its rollups are compared; at the moment of the first comparison another process is in the middle of an insert into
/// the same buckets: its rows are there, what the views make of them is not.
/// </summary>
internal sealed class HalfwayInsert(HttpMessageHandler inner, TestDatabase database) : DelegatingHandler(inner)
{
    private static readonly string _comparison = Rollup.All[0].CountWrong;
    private static readonly string _nextComparison = Rollup.All[1].CountWrong;
    private int _inserts;
    private int _comparisons;

    /// <summary>What the comparison halfway through answered.</summary>
    public TaskCompletionSource<string> Difference { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first rollup has been dealt with.</summary>
    public TaskCompletionSource NextRollup { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The other process's insert.</summary>
    public Task Other { get; private set; } = Task.CompletedTask;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.Query.Contains("query=INSERT%20INTO%20events%20", StringComparison.Ordinal) && Interlocked.Increment(ref _inserts) == 1)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            throw new HttpRequestException("lost on the way back");
        }
        var text = request.Content is StringContent sql ? await sql.ReadAsStringAsync(cancellationToken) : "";
        if (text.Contains(_nextComparison, StringComparison.Ordinal))
            NextRollup.TrySetResult();
        if (!text.Contains(_comparison, StringComparison.Ordinal) || Interlocked.Increment(ref _comparisons) != 1)
            return await base.SendAsync(request, cancellationToken);
        for (var partition = 100; ; partition++)
        {
            await Other;
            Other = database.ExecuteAsync($"INSERT INTO events SELECT * REPLACE ({partition} AS log_partition) FROM events AS e WHERE e.log_partition < 100");
            while (await database.ScalarAsync($"SELECT count() FROM events WHERE log_partition = {partition}") == "0" && !Other.IsCompleted)
                continue;
            var difference = await database.Client.QueryAsync(text, cancellationToken, ParametersOf(request));
            // On a slow machine the insert has ended by now: another one.
            if (difference.Trim() == "0" && partition < 120)
                continue;
            Difference.TrySetResult(difference.Trim());
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(difference) };
        }
    }

    private static (string Name, object Value)[] ParametersOf(HttpRequestMessage request) =>
        [.. request.RequestUri!.Query.TrimStart('?').Split('&').Select(static part => part.Split('=', 2)).Where(static part => part[0].StartsWith("param_", StringComparison.Ordinal))
            .Select(static part => (part[0], (object)Uri.UnescapeDataString(part[1])))];
}
