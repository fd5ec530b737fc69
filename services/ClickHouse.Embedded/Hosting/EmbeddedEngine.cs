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
    // Named by the engine in system.processes; no query of a client needs the setting.
    internal const string TagSetting = "query_cache_tag";

    static int _opened;

    readonly PooledConnection _control;
    readonly string[] _arguments;
    readonly string _database;

    EmbeddedEngine(string[] arguments, string database, PooledConnection control) => (_arguments, _database, _control) = (arguments, database, control);

    public required ConnectionPool Readers { get; init; }

    public required ConnectionPool Writers { get; init; }

    /// <summary>The engine's <c>version()</c>.</summary>
    public required string Version { get; init; }

    public required SourceFunctions Sources { get; init; }

    public required OutputFormats Formats { get; init; }

    /// <summary>Whether statements are judged before the engine gets them: <see cref="EngineServerOptions.DoorChecks"/>.</summary>
    public required bool DoorChecks { get; init; }

    public static async Task<EmbeddedEngine> StartAsync(EngineServerOptions options)
    {
        var arguments = EngineConfiguration.Arguments(options);
        // The library reads the zone from the process's environment, which .NET's own copy does not reach.
        if (!OperatingSystem.IsWindows())
            _ = setenv("TZ", "UTC", 1);
        var control = new PooledConnection(EngineConnection.Open(arguments), "control", readOnly: false);
        var database = Quote(options.Database);
        await control.RunAsync(connection => Execute(connection, $"CREATE DATABASE IF NOT EXISTS {database}")).ConfigureAwait(false);
        var version = await control.RunAsync(connection => Scalar(connection, "SELECT version()")).ConfigureAwait(false);
        var functions = await control.RunAsync(connection => Scalar(connection, "SELECT name FROM system.table_functions")).ConfigureAwait(false);
        var formats = await control.RunAsync(connection => Scalar(connection, "SELECT name, content_type FROM system.formats WHERE is_output")).ConfigureAwait(false);
        return new EmbeddedEngine(arguments, options.Database, control)
        {
            Writers = await OpenPoolAsync(arguments, options.Writers, "writer", readOnly: false, options.Database).ConfigureAwait(false),
            Readers = await OpenPoolAsync(arguments, options.Readers, "reader", readOnly: true, options.Database).ConfigureAwait(false),
            Version = version,
            Sources = new SourceFunctions(functions.Split('\n')),
            Formats = new OutputFormats(formats),
            DoorChecks = options.DoorChecks,
        };
    }

    /// <summary>Opens one more connection.</summary>
    public Task<PooledConnection> OpenAsync(string kind, bool readOnly) => OpenAsync(_arguments, kind, readOnly, _database);

    /// <summary>Takes a connection out for a fresh one.</summary>
    public async Task<PooledConnection> ReplaceAsync(PooledConnection spoilt)
    {
        var fresh = await OpenAsync(spoilt.Tag.Split('-')[0], spoilt.ReadOnly).ConfigureAwait(false);
        spoilt.Close(TimeSpan.FromSeconds(1));
        return fresh;
    }

    static async Task<PooledConnection> OpenAsync(string[] arguments, string kind, bool readOnly, string database)
    {
        var tag = string.Create(CultureInfo.InvariantCulture, $"{kind}-{Interlocked.Increment(ref _opened)}");
        var pooled = new PooledConnection(EngineConnection.Open(arguments), tag, readOnly);
        await pooled.PrepareAsync(database).ConfigureAwait(false);
        return pooled;
    }

    static async Task<ConnectionPool> OpenPoolAsync(string[] arguments, int count, string kind, bool readOnly, string database)
    {
        var connections = new PooledConnection[count];
        for (var i = 0; i < count; i++)
            connections[i] = await OpenAsync(arguments, kind, readOnly, database).ConfigureAwait(false);
        return new ConnectionPool(connections);
    }

    /// <summary>Stops what a connection runs now; the connection must not be given back before this has returned.</summary>
    public Task KillAsync(PooledConnection pooled)
        => _control.RunAsync(connection => Execute(connection, $"KILL QUERY WHERE Settings['{TagSetting}'] = '{pooled.Tag}' ASYNC"));

    /// <summary>Closes every connection; false when one would not end in time, and the process must leave by _exit.</summary>
    public bool Close(TimeSpan wait)
    {
        var closed = true;
        foreach (var connection in (PooledConnection[])[.. Readers.Connections, .. Writers.Connections, _control])
            closed &= connection.Close(wait);
        return closed && Chdb.chdb_shutdown() == 0;
    }

    internal static bool Execute(EngineConnection connection, string sql)
    {
        using IDisposable result = Run(connection, sql, out _);
        return true;
    }

    internal static string Scalar(EngineConnection connection, string sql)
    {
        using IDisposable result = Run(connection, sql, out var bytes);
        return Encoding.UTF8.GetString(bytes).TrimEnd('\n');
    }

    static EngineResult Run(EngineConnection connection, string sql, out ReadOnlySpan<byte> bytes)
    {
        var result = connection.Query(Encoding.UTF8.GetBytes(sql), "TabSeparatedRaw");
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
