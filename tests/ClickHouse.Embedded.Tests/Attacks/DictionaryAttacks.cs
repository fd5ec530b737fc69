namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>Every dictionary source and layout.</summary>
internal static class DictionaryAttacks
{
    static readonly string[] _sources =
    [
        "@NAME@(path '@AT@/canary.csv' format 'CSV')",
        "@NAME@(path '@AT@/canary.yaml')",
        "@NAME@(path '@AT@/program.sh' settings (a 'b'))",
        "@NAME@(command '@PROGRAM@' format 'CSV')",
        "@NAME@(command 'sh @PROGRAM@' format 'CSV' execute_direct 0)",
        "@NAME@(url '@URL@' format 'CSV')",
        "@NAME@(host '127.0.0.1' port @PORT@ user 'u' password 'p' db 'd' table 't')",
        "@NAME@(host '127.0.0.1' port @PORT@ storage_type 'simple' db_index 0)",
        "@NAME@(host '127.0.0.1' port @PORT@ user 'u' password 'p' db 'd' collection 't')",
        "@NAME@(uri 'mongodb://127.0.0.1:@PORT@/d' collection 't')",
        "@NAME@(connection_string 'DSN=x;Server=127.0.0.1;Port=@PORT@' table 't')",
        "@NAME@(cluster_name '127.0.0.1:@PORT@' cypress_path '//x' oauth_token 't' proxy 'http://127.0.0.1:@PORT@')",
        "@NAME@(query 'SELECT 1, file(''@FILE@'')')",
        "@NAME@(db 'system' table 'one' where 'file(''@FILE@'') != ''''')",
    ];

    public static IEnumerable<Attack> Sources(Canaries canaries, EngineLists lists)
        => canaries.Fill(AttackTemplates.Cross(lists.DictionarySources, _sources), source => Dictionary(source, "FLAT()")).Concat(
            canaries.Fill(AttackTemplates.Cross(lists.DictionarySources, "@NAME@(path '@AT@/canary.yaml')", "@NAME@(command '@PROGRAM@' format 'CSV')"), source => Dictionary(source, "REGEXP_TREE()")));

    public static IEnumerable<Attack> Layouts(Canaries canaries, EngineLists lists)
        => canaries.Fill(AttackTemplates.Cross(lists.DictionaryLayouts, "@NAME@()", "@NAME@(PATH '@NEWDIR@')", "@NAME@(PATH '@FILE@')", "@NAME@(PATH '@NEWDIR@' BLOCK_SIZE 4096 FILE_SIZE 4096 READ_BUFFER_SIZE 4096 WRITE_BUFFER_SIZE 4096)"),
            layout => Dictionary("CLICKHOUSE(QUERY 'SELECT number AS k, toString(number) AS v FROM numbers(9)')", layout));

    static Attack Dictionary(string source, string layout)
    {
        var name = EngineFixture.Table();
        return new Attack(
            Attack.Post("/", $"CREATE DICTIONARY {name} (k UInt64, v String) PRIMARY KEY k SOURCE({source}) LAYOUT({layout}) LIFETIME(0)"),
            Attack.Post("/", $"SELECT dictGet({name}, 'v', 1)"), Attack.Post("/", $"SELECT * FROM dictionary('{name}')"), Attack.Post("/", $"SYSTEM RELOAD DICTIONARY {name}"),
            Attack.Post("/", $"DROP DICTIONARY IF EXISTS {name}"));
    }
}
