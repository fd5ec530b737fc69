using System.Collections.Concurrent;
using System.Diagnostics;
using Tidemark.ClickHouse.Embedded.Hosting;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// The queries of clients, from their arrival to the end of their answer, by the ids that clients gave them: a second one with the same id is refused or takes the place
/// of the first, as by the server, and KILL QUERY finds them.
/// </summary>
internal sealed class RunningQueries
{
    // The server's replace_running_query_max_wait_ms.
    static readonly TimeSpan _replacePatience = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, RunningQuery> _queries = new(StringComparer.Ordinal);

    /// <summary>Those that are under way now.</summary>
    public IReadOnlyCollection<RunningQuery> All => [.. _queries.Values];

    /// <summary>Adds a query; throws the server's error 216 while another one has its id.</summary>
    public async Task<RunningQuery> EnterAsync(string id, string user, bool replace, CancellationToken cancellation)
    {
        var query = new RunningQuery(this, id, user);
        if (_queries.TryAdd(id, query))
            return query;
        if (!_queries.TryGetValue(id, out var other) || !replace)
            throw Taken(id);
        if (other.User != user)
            throw EngineErrorException.Of(216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", $"Query with id = {id} is already running by another user.");
        other.Stop(EngineErrorException.Of(394, "QUERY_WAS_CANCELLED", "Query was cancelled: another one with its id takes its place"));
        try
        {
            await other.Ended.WaitAsync(_replacePatience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw EngineErrorException.Of(216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", $"Query with id = {id} is already running and can't be stopped");
        }

        return _queries.TryAdd(id, query) ? query : throw Taken(id);
    }

    internal void Leave(RunningQuery query) => _queries.TryRemove(new(query.Id, query));

    static EngineErrorException Taken(string id) => EngineErrorException.Of(216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", $"Query with id = {id} is already running.");
}

/// <summary>One of them.</summary>
internal sealed class RunningQuery(RunningQueries all, string id, string user) : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly long _since = Stopwatch.GetTimestamp();
    volatile EngineErrorException? _why;

    public string Id => id;

    public string User => user;

    /// <summary>The statement, or the head of an INSERT; empty until it has been read.</summary>
    public string Text { get; set; } = "";

    /// <summary>The connection that runs it, or null while it waits.</summary>
    public PooledConnection? Connection { get; set; }

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_since);

    /// <summary>Cancelled when somebody stops it.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Why it was stopped, or null.</summary>
    public EngineErrorException? Why => _why;

    /// <summary>Completed when its answer has ended.</summary>
    public Task Ended => _ended.Task;

    public void Stop(EngineErrorException why)
    {
        _why ??= why;
        _ = _stop.CancelAsync();
    }

    public void Dispose()
    {
        all.Leave(this);
        _ended.TrySetResult();
    }
}
