using System.Text.RegularExpressions;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>A request's database, settings and external tables on its connection, and off again: they would stay there.</summary>
internal sealed partial class ConnectionDress(PooledConnection pooled, QueryRequest request, IReadOnlyList<ExternalTable> tables, string database, bool judged)
{
    bool _used;
    bool _set;
    int _made;

    /// <summary>A statement of the request itself may have changed the connection (SET, USE, temporary tables): all of it is cleaned.</summary>
    public bool Touched { get; set; }

    public bool Put(EngineConnection connection)
    {
        if (request.Database is { Length: > 0 } wanted && wanted != database)
        {
            EmbeddedEngine.Execute(connection, $"USE {EmbeddedEngine.Quote(wanted)}");
            _used = true;
        }

        if (request.Settings.Count > 0)
        {
            var pairs = request.Settings.ConvertAll(setting => Name().IsMatch(setting.Key)
                ? $"{setting.Key} = {EmbeddedEngine.Literal(setting.Value)}"
                : throw EngineErrorException.Of(115, "UNKNOWN_SETTING", $"Unknown setting '{setting.Key}'."));
            _set = true;
            EmbeddedEngine.Execute(connection, "SET " + string.Join(", ", pairs));
        }

        foreach (var table in tables)
        {
            _made++;
            table.Create(connection, judged);
        }

        return true;
    }

    /// <summary>False when the connection cannot be brought back to what it was and has to be replaced.</summary>
    public bool TakeOff(EngineConnection connection)
    {
        try
        {
            for (var i = 0; i < _made; i++)
                tables[i].Drop(connection);
            var clean = !_set || request.Settings.TrueForAll(setting => Reset(connection, setting.Key));
            if (_used || Touched)
                EmbeddedEngine.Execute(connection, $"USE {EmbeddedEngine.Quote(database)}");
            return clean && (!Touched || Clean(connection));
        }
        catch (EngineErrorException)
        {
            return false;
        }
    }

    /// <summary>Drops the temporary tables of a connection.</summary>
    public static bool DropTemporaryTables(EngineConnection connection)
    {
        foreach (var table in Lines(connection, "SELECT name FROM system.tables WHERE is_temporary"))
            EmbeddedEngine.Execute(connection, $"DROP TEMPORARY TABLE IF EXISTS {EmbeddedEngine.Quote(table)}");
        return true;
    }

    bool Clean(EngineConnection connection)
    {
        DropTemporaryTables(connection);
        var changed = PooledConnection.ChangedSettings(connection);
        return changed.Keys.Union(pooled.Baseline.Keys)
            .Where(name => changed.GetValueOrDefault(name) != pooled.Baseline.GetValueOrDefault(name))
            .All(name => Reset(connection, name));
    }

    bool Reset(EngineConnection connection, string name)
    {
        try
        {
            var value = pooled.Baseline.TryGetValue(name, out var baseline) ? EmbeddedEngine.Literal(baseline) : "DEFAULT";
            return EmbeddedEngine.Execute(connection, $"SET {name} = {value}");
        }
        catch (EngineErrorException e)
        {
            // A setting that does not exist was never taken; one that can no longer be set (readonly, allow_ddl) stays.
            return e.Code == 115 || PooledConnection.ChangedSettings(connection).GetValueOrDefault(name) == pooled.Baseline.GetValueOrDefault(name);
        }
    }

    static string[] Lines(EngineConnection connection, string sql) => EmbeddedEngine.Scalar(connection, sql).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.]*$")]
    private static partial Regex Name();
}
