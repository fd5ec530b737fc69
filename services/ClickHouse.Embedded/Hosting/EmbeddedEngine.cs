using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Tidemark.ClickHouse.Embedded.Formats;
using Tidemark.ClickHouse.Embedded.Native;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>The engine of this process: all its connections, opened at start, before anything else runs.</summary>
internal sealed partial class EmbeddedEngine
{
    static int _opened;

    readonly PooledConnection _control;
    readonly string[] _arguments;
    readonly EngineOptions _options;

    EmbeddedEngine(string[] arguments, EngineOptions options, PooledConnection control) => (_arguments, _options, _control) = (arguments, options, control);

    public required QueryQueue Readers { get; init; }

    public required QueryQueue Writers { get; init; }

    /// <summary>The engine's <c>version()</c>.</summary>
    public required string Version { get; init; }

    public required SourceFunctions Sources { get; init; }

    public required AccessRules Rules { get; init; }

    public required OutputFormats Formats { get; init; }


    public static async Task<EmbeddedEngine> StartAsync(EngineOptions options)
    {
        var arguments = EngineConfiguration.Arguments(options);
        // The library reads the zone from the process's environment, which .NET's own copy does not reach.
        if (!OperatingSystem.IsWindows())
            _ = setenv("TZ", "UTC", 1);
        var control = new PooledConnection(EngineConnection.Open(arguments), "control", readOnly: false, hasWholeBlocks: true);
        var database = Quote(options.Database);
        await control.RunAsync(connection => Execute(connection, $"CREATE DATABASE IF NOT EXISTS {database}")).ConfigureAwait(false);
        var version = await control.RunAsync(connection => Scalar(connection, "SELECT version()")).ConfigureAwait(false);
        var functions = await control.RunAsync(connection => Scalar(connection, "SELECT name FROM system.functions WHERE origin = 'System'")).ConfigureAwait(false);
        var tableFunctions = await control.RunAsync(connection => Scalar(connection, "SELECT name FROM system.table_functions")).ConfigureAwait(false);
        var settings = await control.RunAsync(connection => Scalar(connection, "SELECT name FROM system.settings")).ConfigureAwait(false);
        var formats = await control.RunAsync(connection => Scalar(connection, "SELECT name, content_type FROM system.formats WHERE is_output")).ConfigureAwait(false);
        return new EmbeddedEngine(arguments, options, control)
        {
            Writers = await OpenQueueAsync(new QueueLimits { Turns = options.Writers, Waiting = options.WaitingQueries, Patience = options.MaxExecutionTime }, readOnly: false).ConfigureAwait(false),
            Readers = await OpenQueueAsync(new QueueLimits { Turns = options.Readers, LongQueries = options.LongReaders, Waiting = options.WaitingQueries, MaxTime = options.MaxExecutionTime }, readOnly: true).ConfigureAwait(false),
            Version = version,
            Sources = new SourceFunctions([.. functions.Split('\n'), .. tableFunctions.Split('\n')], tableFunctions.Split('\n')),
            Rules = new AccessRules(new SettingRules(settings.Split('\n')), options.DoorChecks),
            Formats = new OutputFormats(formats),
        };

        async Task<QueryQueue> OpenQueueAsync(QueueLimits limits, bool readOnly)
        {
            var connections = new PooledConnection[limits.Turns];
            for (var i = 0; i < connections.Length; i++)
                connections[i] = await OpenAsync(arguments, readOnly, hasWholeBlocks: i == 0, options).ConfigureAwait(false);
            return new QueryQueue(limits, connections, () => OpenAsync(arguments, readOnly, hasWholeBlocks: false, options), TimeProvider.System);
        }
    }

    /// <summary>Opens one more connection.</summary>
    public Task<PooledConnection> OpenAsync(bool readOnly) => OpenAsync(_arguments, readOnly, hasWholeBlocks: false, _options);

    /// <summary>Takes a connection out for a fresh one.</summary>
    public async Task<PooledConnection> ReplaceAsync(PooledConnection spoilt)
    {
        var fresh = await OpenAsync(_arguments, spoilt.ReadOnly, spoilt.HasWholeBlocks, _options).ConfigureAwait(false);
        spoilt.Close(TimeSpan.FromSeconds(1));
        return fresh;
    }

    static async Task<PooledConnection> OpenAsync(string[] arguments, bool readOnly, bool hasWholeBlocks, EngineOptions options)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{(readOnly ? "reader" : "writer")}-{Interlocked.Increment(ref _opened)}");
        var pooled = new PooledConnection(EngineConnection.Open(arguments), name, readOnly, hasWholeBlocks);
        await pooled.PrepareAsync(options.Database, options.MaxExecutionTime).ConfigureAwait(false);
        return pooled;
    }

    /// <summary>Stops what a connection runs now; the connection must not be given back before this has returned.</summary>
    public Task KillAsync(PooledConnection pooled)
        => _control.RunAsync(connection => Execute(connection, string.Create(CultureInfo.InvariantCulture, $"KILL QUERY WHERE has(thread_ids, {pooled.ThreadId}) ASYNC")));

    /// <summary>How far what a connection runs now is, as X-ClickHouse-Progress tells it; null when it runs nothing.</summary>
    public Task<string?> ProgressAsync(PooledConnection pooled) => _control.RunAsync(connection => Scalar(connection, string.Create(CultureInfo.InvariantCulture,
        $$"""
        SELECT concat('{"read_rows":"', read_rows, '","read_bytes":"', read_bytes, '","written_rows":"', written_rows, '","written_bytes":"', written_bytes,
            '","total_rows_to_read":"', total_rows_approx, '","result_rows":"0","result_bytes":"0","elapsed_ns":"', toUInt64(elapsed * 1000000000),
            '","memory_usage":"', greatest(memory_usage, 0), '"}')
        FROM system.processes WHERE has(thread_ids, {{pooled.ThreadId}}) LIMIT 1
        """)) is { Length: > 0 } progress ? progress : null);

    /// <summary>Closes every connection; false when one would not end in time, and the process must leave by _exit.</summary>
    public bool Close(TimeSpan wait)
    {
        var closed = true;
        Readers.Dispose();
        Writers.Dispose();
        foreach (var connection in (PooledConnection[])[.. Readers.Connections, .. Writers.Connections, _control])
            closed &= connection.Close(wait);
        return closed && Chdb.chdb_shutdown() == 0;
    }

    internal static bool Execute(EngineConnection connection, string sql) => Execute(connection, Encoding.UTF8.GetBytes(sql));

    internal static bool Execute(EngineConnection connection, ReadOnlySpan<byte> sql)
    {
        using IDisposable result = Run(connection, sql, out _);
        return true;
    }

    internal static string Scalar(EngineConnection connection, string sql)
    {
        using IDisposable result = Run(connection, Encoding.UTF8.GetBytes(sql), out var bytes);
        return Encoding.UTF8.GetString(bytes).TrimEnd('\n');
    }

    static EngineResult Run(EngineConnection connection, ReadOnlySpan<byte> sql, out ReadOnlySpan<byte> bytes)
    {
        var result = connection.Query(sql, "TabSeparatedRaw");
        if (result.Error is { } error)
        {
            ((IDisposable)result).Dispose();
            throw EngineErrorException.Parse(error);
        }

        bytes = result.GetSpan();
        return result;
    }

    internal static string Quote(string identifier) => "`" + identifier.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal) + "`";

    internal static string Literal(string value) => "'" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
