namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>Every setting of a query and of a table with a path, an address and a number, wherever a setting can stand.</summary>
internal static class SettingAttacks
{
    // A query that would use many of them: it sorts and joins (spills), reads a format with errors, and is inferred.
    const string Query = "SELECT a, count() FROM format(CSV, 'a UInt8', '1\\nx\\n2') AS t JOIN numbers(3) AS n ON t.a = n.number GROUP BY a ORDER BY a";

    static readonly string[] _values = ["'@NEW@'", "'@NEWDIR@'", "'@FILE@'", "'@URL@'", "'127.0.0.1:@PORT@'"];

    static IEnumerable<string> Values((string Name, string Type) setting)
        => setting.Type is "String" or "Map" || setting.Type.Contains("Char", StringComparison.Ordinal) ? _values.Select(value => $"{setting.Name} = {value}")
        : [$"{setting.Name} = 1", $"{setting.Name} = '@FILE@'"];

    /// <summary>In the statement, formatted as what uses most of the settings.</summary>
    public static IEnumerable<Attack> InTheStatement(Canaries canaries, EngineLists lists)
        => canaries.Fill(lists.Settings.SelectMany(Values), setting => Attack.Sql($"{Query} SETTINGS {setting}, input_format_allow_errors_num = 1 FORMAT JSON"));

    /// <summary>In the URL.</summary>
    public static IEnumerable<Attack> InTheUrl(Canaries canaries, EngineLists lists)
        => canaries.Fill(lists.Settings.SelectMany(Values), setting => Attack.Get(Query, FormatAttacks.InUrl(setting)));

    /// <summary>Those of text everywhere else that a request takes one.</summary>
    public static IEnumerable<Attack> Elsewhere(Canaries canaries, EngineLists lists)
        => lists.Settings.Where(setting => setting.Type == "String").SelectMany(setting => _values.SelectMany(value => Places(setting.Name, canaries.Fill(value))));

    /// <summary>Of a table: of its own settings and of the session's.</summary>
    public static IEnumerable<Attack> OfTables(Canaries canaries, EngineLists lists)
        => canaries.Fill(lists.MergeTreeSettings.SelectMany(Values), setting =>
        {
            var name = EngineFixture.Table();
            return new Attack(
                Attack.Post("/", $"CREATE TABLE {name} (a String) ENGINE = MergeTree ORDER BY a SETTINGS {setting}"), Attack.Post("/", $"INSERT INTO {name} SELECT 'x'"),
                Attack.Post("/", $"ALTER TABLE {name} MODIFY SETTING {setting}"), Attack.Post("/", $"DROP TABLE IF EXISTS {name} SYNC"));
        });

    static IEnumerable<Attack> Places(string name, string value)
    {
        var bare = value.Trim('\'');
        yield return Attack.Session($"SET {name} = {value}", Query, $"SELECT 1 FORMAT Template");
        yield return Attack.Sql($"SELECT * FROM (SELECT 1 SETTINGS {name} = {value})");
        yield return Attack.Sql($"EXPLAIN SELECT 1 SETTINGS {name} = {value}");
        yield return Attack.Sql($"SELECT 1 FORMAT CSV SETTINGS {name} = {value}");
        yield return Attack.Form("SELECT 1", [(name, bare)]);
        yield return Attack.Form("SELECT * FROM t", [("t_structure", "a String"), (name, bare)]);
        yield return new Attack(new AttackRequest("/?query=" + Uri.EscapeDataString(Query), null) { Headers = [("X-ClickHouse-" + name, bare), ("X-ClickHouse-Setting-" + name, bare), ("X-ClickHouse-Settings", $"{name}={bare}")] });
        yield return Attack.Sql($"CREATE TEMPORARY TABLE attacked (a String) ENGINE = Memory SETTINGS {name} = {value}");
    }
}
