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

    /// <summary>
    /// A statement of the request itself may have changed the connection (SET, USE, temporary tables). It is replaced then: what is left could only be found by asking on it,
    /// and what it was set to changes the answer.
    /// </summary>
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
        if (Touched)
            return false;
        try
        {
            for (var i = 0; i < _made; i++)
                tables[i].Drop(connection);
            if (_used)
                EmbeddedEngine.Execute(connection, $"USE {EmbeddedEngine.Quote(database)}");
            return !_set || request.Settings.TrueForAll(setting => Reset(connection, setting.Key));
        }
        catch (EngineErrorException)
        {
            return false;
        }
    }

    bool Reset(EngineConnection connection, string name)
    {
        try
        {
            var value = pooled.Baseline.TryGetValue(name, out var baseline) ? EmbeddedEngine.Literal(baseline) : "DEFAULT";
            return EmbeddedEngine.Execute(connection, $"SET {name} = {value}");
        }
        catch (EngineErrorException e) when (e.Code == 115)
        {
            // A setting that does not exist was never taken. One that can no longer be set (readonly) stays, and the connection does not.
            return true;
        }
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.]*$")]
    private static partial Regex Name();
}
