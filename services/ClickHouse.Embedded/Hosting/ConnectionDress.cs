using System.Text.RegularExpressions;
using Tidemark.ClickHouse.Embedded.Http;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>A request's database and settings on its connection, and off again: they would stay there.</summary>
internal sealed partial class ConnectionDress(PooledConnection pooled, QueryRequest request, string database)
{
    bool _used;
    bool _set;

    /// <summary>A statement of the request itself changed the connection (SET, USE, temporary tables): clean all of it.</summary>
    public bool Touched { get; set; }

    public bool Put(EngineConnection connection)
    {
        if (request.Database is { Length: > 0 } wanted && wanted != database)
        {
            EmbeddedEngine.Execute(connection, $"USE {EmbeddedEngine.Quote(wanted)}");
            _used = true;
        }

        if (request.Settings.Count == 0)
            return true;
        var pairs = request.Settings.ConvertAll(setting => Name().IsMatch(setting.Key)
            ? $"{setting.Key} = {EmbeddedEngine.Literal(setting.Value)}"
            : throw EngineErrorException.Of(115, "UNKNOWN_SETTING", $"Unknown setting '{setting.Key}'."));
        _set = true;
        EmbeddedEngine.Execute(connection, "SET " + string.Join(", ", pairs));
        return true;
    }

    public bool TakeOff(EngineConnection connection)
    {
        if (_set)
            foreach (var (name, _) in request.Settings)
                Reset(connection, name);
        if (_used)
            EmbeddedEngine.Execute(connection, $"USE {EmbeddedEngine.Quote(database)}");
        return true;
    }

    void Reset(EngineConnection connection, string name)
    {
        try
        {
            var value = pooled.Baseline.TryGetValue(name, out var baseline) ? EmbeddedEngine.Literal(baseline) : "DEFAULT";
            EmbeddedEngine.Execute(connection, $"SET {name} = {value}");
        }
        catch (EngineErrorException)
        {
            // The setting was never taken: it does not exist, or may not be changed.
        }
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.]*$")]
    private static partial Regex Name();
}
