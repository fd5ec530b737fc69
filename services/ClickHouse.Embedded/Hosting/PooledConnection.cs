using System.Collections.Concurrent;
using System.Globalization;
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

    /// <summary>Whether VALUES takes expressions, as a list for SET.</summary>
    internal static string ExpressionsInValues(int value) => $"input_format_values_interpret_expressions = {value}, input_format_values_deduce_templates_of_expressions = {value}";

    readonly BlockingCollection<Action> _work = [];
    readonly EngineConnection _connection;
    readonly Thread _thread;

    public PooledConnection(EngineConnection connection, string name, bool readOnly)
    {
        (_connection, Name, ReadOnly) = (connection, name, readOnly);
        _thread = new Thread(Loop, StackBytes) { IsBackground = true, Name = $"engine {name}" };
        _thread.Start();
    }

    /// <summary>Kind and number, for whoever looks at the process's threads.</summary>
    public string Name { get; }

    /// <summary>
    /// The number of its thread. The engine lists it in <c>system.processes</c> with whatever runs on the connection, and no client can set it: so what it runs is
    /// found and killed. Known once the connection has run something.
    /// </summary>
    public ulong ThreadId { get; private set; }

    public bool ReadOnly { get; }

    /// <summary>Set when a request left something behind that cannot be taken back: not to be used again.</summary>
    public bool Spoilt { get; set; }

    /// <summary>The settings that differ from the engine's defaults on a fresh connection.</summary>
    public Dictionary<string, string> Baseline { get; private set; } = [];

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

    /// <summary>Readies a fresh connection: database, mode, limits, and what its settings are then.</summary>
    public Task<bool> PrepareAsync(string database, TimeSpan maxExecutionTime) => RunAsync(connection =>
    {
        EmbeddedEngine.Execute(connection, $"USE {EmbeddedEngine.Quote(database)}");
        // Data is data: what VALUES takes as an expression is parsed while it is inserted, where no rule has seen it (see ValuesData).
        EmbeddedEngine.Execute(connection, $"SET {ExpressionsInValues(0)}");
        if (ReadOnly)
        {
            // By the clock, not by the engine's estimate of what is left. The profile does not let it be lifted.
            EmbeddedEngine.Execute(connection, string.Create(CultureInfo.InvariantCulture, $"SET max_execution_time = {maxExecutionTime.TotalSeconds}, timeout_before_checking_execution_speed = 0"));
            // A block of an answer is formatted whole before a client takes any of it: a quarter of the usual size, and as much less memory for each that reads slowly.
            EmbeddedEngine.Execute(connection, "SET max_untracked_memory = 524288, max_block_size = 16384");
            EmbeddedEngine.Execute(connection, "SET readonly = 2");
        }

        Baseline = ChangedSettings(connection);
        return true;
    });

    /// <summary>
    /// The engine lets go of a query that was stopped (its entry in system.processes, its memory) only when its connection runs the next one: this is it.
    /// </summary>
    public static bool Forget(EngineConnection connection)
    {
        using IDisposable nothing = connection.Query("SELECT 1 FORMAT Null"u8, "Null");
        return true;
    }

    /// <summary>The settings that differ from the engine's defaults now.</summary>
    public static Dictionary<string, string> ChangedSettings(EngineConnection connection)
        => EmbeddedEngine.Scalar(connection, "SELECT name, value FROM system.settings WHERE changed")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);

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
        ThreadId = NativeThread.Current();
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}
