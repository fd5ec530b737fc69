using System.Collections.Concurrent;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>
/// A connection with a thread of its own: the engine's calls block, and its parser and planner recurse deeper than a pool
/// thread's stack allows. Work is queued and awaited; a lease holds the connection for one request.
/// </summary>
internal sealed class PooledConnection
{
    // The engine's own threads have 8 MiB; max_ast_depth and max_parser_depth are sized for that.
    const int StackBytes = 8 << 20;

    readonly BlockingCollection<Action> _work = [];
    readonly EngineConnection _connection;
    readonly Thread _thread;

    public PooledConnection(EngineConnection connection, string tag, bool readOnly)
    {
        (_connection, Tag, ReadOnly) = (connection, tag, readOnly);
        _thread = new Thread(Loop, StackBytes) { IsBackground = true, Name = $"engine {tag}" };
        _thread.Start();
    }

    /// <summary>Names the connection in <c>system.processes</c>, so that what it runs can be killed.</summary>
    public string Tag { get; }

    public bool ReadOnly { get; }

    /// <summary>The settings that differ from the engine's defaults on a fresh connection.</summary>
    public Dictionary<string, string> Baseline { get; } = [];

    public Task<T> RunAsync<T>(Func<EngineConnection, T> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(call(_connection));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Closes the connection once what was queued has run; false when that takes longer than <paramref name="wait"/>.</summary>
    public bool Close(TimeSpan wait)
    {
        _work.CompleteAdding();
        if (!_thread.Join(wait))
            return false;
        _connection.Close();
        return true;
    }

    void Loop()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}
