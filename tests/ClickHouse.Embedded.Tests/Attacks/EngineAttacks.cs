namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>Every table engine and database engine with the arguments that engines of all kinds take.</summary>
internal static class EngineAttacks
{
    static readonly string[] _arguments =
    [
        "",
        "('@FILE@')",
        "('@AT@')",
        "('@EMPTY@')",
        "('@FILE@', 'LineAsString')",
        "('@LOG@', 'LineAsString')",
        "(LineAsString, '@FILE@')",
        "(CSV, '@NEW@')",
        "('@AT@/canary.sqlite', 't')",
        "('@AT@/delta')",
        "('@AT@/iceberg')",
        "('@NEWDIR@')",
        "('@NEWDIR@', 'Parquet')",
        "(0, '@EMPTY@') PRIMARY KEY a",
        "(0, '@NEWDIR@') PRIMARY KEY a",
        "(0, '@LOG@', 1) PRIMARY KEY a",
        "('@NEWDIR@') PRIMARY KEY a",
        "('@PROGRAM@', 'CSV')",
        "('@PROGRAM@', 'CSV', (SELECT 1))",
        "('@URL@')",
        "('@URL@', 'CSV')",
        "('@URL@', 'key', 'secret', 'CSV')",
        "('hdfs://127.0.0.1:@PORT@/x', 'CSV')",
        "('127.0.0.1:@PORT@', 'd', 't')",
        "('127.0.0.1:@PORT@', 'd', 't', 'u', 'p')",
        "('127.0.0.1:@PORT@', 'd', 'u', 'p')",
        "('127.0.0.1:@PORT@', 0, 'p')",
        "('127.0.0.1:@PORT@', 'topic', 'group', 'CSV')",
        "('127.0.0.1:@PORT@')",
        "('DSN=x;Server=127.0.0.1;Port=@PORT@', 'd', 't')",
        "('jdbc:mysql://127.0.0.1:@PORT@/d', 'd', 't')",
        "('DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:@PORT@/a', 'c', 'b', 'CSV')",
        "('/x', 'r1')",
        "(url = '@URL@', format = 'CSV')",
        "(path = '@NEWDIR@')",
        "(system, one)",
        "(default, system, one)",
        "(system, '.*')",
        "(file('@FILE@', LineAsString))",
        "() SETTINGS disk = disk(type = local, path = '@NEWDIR@')",
        "() SETTINGS disk = disk(type = 'object_storage', object_storage_type = 'local', path = '@NEWDIR@')",
        "() SETTINGS disk = disk(type = 's3', endpoint = '@URL@', access_key_id = 'a', secret_access_key = 'b')",
        "() ORDER BY a SETTINGS disk = disk(type = local, path = '@NEWDIR@')",
        "() ORDER BY a SETTINGS disk = disk(type = 'web', endpoint = '@URL@/'), table_disk = 1",
        "() ORDER BY a SETTINGS storage_policy = '@NEWDIR@'",
        "() SETTINGS kafka_broker_list = '127.0.0.1:@PORT@', kafka_topic_list = 't', kafka_group_name = 'g', kafka_format = 'CSV'",
        "() SETTINGS path = '@NEWDIR@'",
    ];

    // Each is a session: those that reach by an engine's first arguments, and by what follows them.
    static readonly string[] _ofTemporary =
    [
        "('@FILE@')", "(LineAsString, '@FILE@')", "('@LOG@', 'LineAsString')", "(0, '@NEWDIR@') PRIMARY KEY a", "(0, '@LOG@', 1) PRIMARY KEY a", "('@AT@/canary.sqlite', 't')", "('@AT@/iceberg')", "('@URL@', 'CSV')",
        "('127.0.0.1:@PORT@', 'd', 't', 'u', 'p')", "('@PROGRAM@', 'CSV')", "() ORDER BY a SETTINGS disk = disk(type = 'object_storage', object_storage_type = 'local', path = '@NEWDIR@/')",
    ];

    /// <summary>As a reader's temporary table, read and written.</summary>
    public static IEnumerable<Attack> Temporary(Canaries canaries, EngineLists lists)
        => canaries.Fill(AttackTemplates.Cross(lists.TableEngines, _ofTemporary), engine => Attack.Session(
            $"CREATE TEMPORARY TABLE attacked (a String) ENGINE = {engine}", "INSERT INTO attacked SELECT 'x'", "SELECT * FROM attacked",
            "SELECT * FROM attacked SETTINGS stream_like_engine_allow_direct_select = 1", "DROP TEMPORARY TABLE attacked"));

    /// <summary>As a table, with columns and without, read, written and dropped.</summary>
    public static IEnumerable<Attack> Tables(Canaries canaries, EngineLists lists)
        => canaries.Fill(AttackTemplates.Cross(lists.TableEngines, _arguments), engine =>
        {
            var name = EngineFixture.Table();
            return new Attack(
                Attack.Post("/", $"CREATE TABLE {name} (a String) ENGINE = {engine}"), Attack.Post("/", $"CREATE TABLE IF NOT EXISTS {name} ENGINE = {engine}"),
                Attack.Post("/", $"INSERT INTO {name} SELECT 'x'"), Attack.Post("/", $"SELECT * FROM {name} SETTINGS stream_like_engine_allow_direct_select = 1"),
                Attack.Post("/", $"DROP TABLE IF EXISTS {name} SYNC"));
        });

    /// <summary>As a database, its tables listed, dropped.</summary>
    public static IEnumerable<Attack> Databases(Canaries canaries, EngineLists lists)
        => canaries.Fill(AttackTemplates.Cross(lists.DatabaseEngines,
            [.. _arguments, "('http://127.0.0.1:@PORT@/catalog', 'u', 'p') SETTINGS catalog_type = 'rest'", "('@URL@') SETTINGS catalog_type = 'glue', region = 'x'", "(tidemark, File('@AT@/backup'))"]), engine =>
        {
            var name = EngineFixture.Table();
            return new Attack(
                Attack.Post("/", $"CREATE DATABASE {name} ENGINE = {engine}"), Attack.Post("/", $"SHOW TABLES FROM {name}"), Attack.Post("/", $"SELECT * FROM {name}.`canary.txt`"),
                Attack.Post("/", $"SELECT * FROM {name}.t"), Attack.Post("/", $"DROP DATABASE IF EXISTS {name} SYNC"));
        });

    /// <summary>Through what needs no CREATE TABLE of its own: a view's inner table, a window view, a database's override.</summary>
    public static IEnumerable<Attack> InOtherStatements(Canaries canaries) => canaries.Fill(
        [
            "CREATE MATERIALIZED VIEW attacked ENGINE = File(CSV, '@NEW@') POPULATE AS SELECT 1 AS a",
            "CREATE MATERIALIZED VIEW attacked ENGINE = URL('@URL@', CSV) POPULATE AS SELECT 1 AS a",
            "CREATE OR REPLACE TABLE attacked (a String) ENGINE = File(CSV, '@NEW@') AS SELECT 'x'",
            "REPLACE TABLE attacked (a String) ENGINE = File(CSV, '@NEW@') AS SELECT 'x'",
            "ATTACH TABLE attacked (a String) ENGINE = File(LineAsString, '@FILE@')",
            "ATTACH TABLE attacked FROM '@AT@/store/' (a String) ENGINE = File(CSV)",
            "ATTACH TABLE attacked FROM '@NEWDIR@' (a String) ENGINE = MergeTree ORDER BY a",
            "ATTACH TABLE attacked UUID '00000000-0000-0000-0000-000000000001' (a String) ENGINE = File(LineAsString, '@FILE@')",
            "ATTACH DATABASE attacked ENGINE = Filesystem('@AT@')",
            "CREATE TABLE attacked CLONE AS file('@FILE@', LineAsString)",
            "CREATE TABLE attacked (a String TTL toDate(file('@FILE@'))) ENGINE = MergeTree ORDER BY a",
            "CREATE TABLE attacked (a String, INDEX i file('@FILE@') TYPE minmax) ENGINE = MergeTree ORDER BY a",
            "CREATE TABLE attacked (a String, PROJECTION p (SELECT file('@FILE@'))) ENGINE = MergeTree ORDER BY a",
            "CREATE TABLE attacked (a String, CONSTRAINT c CHECK file('@FILE@') != '') ENGINE = Memory",
            "CREATE TABLE attacked (a String) ENGINE = MergeTree ORDER BY file('@FILE@')",
            "CREATE TABLE attacked (a String) ENGINE = MergeTree PARTITION BY file('@FILE@') ORDER BY a",
            "CREATE TABLE attacked (a String ALIAS file('@FILE@'), b UInt8) ENGINE = Memory",
            "CREATE TABLE attacked (a String MATERIALIZED file('@FILE@'), b UInt8) ENGINE = Memory",
            "CREATE TABLE attacked (a String EPHEMERAL file('@FILE@'), b UInt8) ENGINE = Memory",
            "CREATE TABLE attacked (a UInt8, b Dynamic DEFAULT file('@FILE@')) ENGINE = Memory",
            "CREATE TABLE attacked (a String) ENGINE = MergeTree ORDER BY a TTL now() TO DISK '@NEWDIR@'",
            "CREATE TABLE attacked (a String) ENGINE = Null AS SELECT file('@FILE@')",
        ],
        sql => sql).Select(sql =>
        {
            var name = EngineFixture.Table();
            return new Attack([.. _following.Prepend(sql).Select(step => Attack.Post("/", step.Replace("attacked", name, StringComparison.Ordinal)))]);
        });

    static readonly string[] _following =
    [
        "INSERT INTO attacked (b) VALUES (1)", "INSERT INTO attacked (a) VALUES ('x')", "SELECT * FROM attacked", "SELECT a FROM attacked", "DROP TABLE IF EXISTS attacked SYNC", "DROP DATABASE IF EXISTS attacked SYNC",
    ];
}
