namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>Every table function with the arguments that functions of all kinds take, and with a few of them in every place for one.</summary>
internal static class TableFunctionAttacks
{
    // Of a text that parses it makes others until it is stopped.
    const string Endless = " fuzzQuery(";

    static readonly string[] _arguments =
    [
        "'@FILE@'",
        "'@FILE@', 'LineAsString'",
        "'@FILE@', 'LineAsString', 'l String'",
        "'@AT@/*', 'LineAsString', 'l String'",
        "'@AT@/canary.zip :: canary.txt', 'LineAsString', 'l String'",
        "'@AT@'",
        "'@AT@/canary.sqlite', 't'",
        "'@AT@/delta'",
        "'@AT@/iceberg'",
        "'@AT@/paimon'",
        "'@AT@/hudi'",
        "'file://@AT@/iceberg'",
        "'@NEWDIR@', 'Parquet', 'a String'",
        "'@PROGRAM@', 'CSV', 'a String'",
        "'@URL@'",
        "'@URL@', 'CSV', 'a String'",
        "'@URL@', 'CSV', 'a String', headers('a'='b')",
        "'@URL@', 'key', 'secret'",
        "'@URL@', 'key', 'secret', 'CSV', 'a String'",
        "'@URL@', 'key', 'secret', 'token', 'CSV', 'a String'",
        "'hdfs://127.0.0.1:@PORT@/x', 'CSV', 'a String'",
        "'127.0.0.1:@PORT@', system.one",
        "'127.0.0.1:@PORT@', 'system', 'one', 'u', 'p'",
        "'127.0.0.1:@PORT@', 'd', 't', 'u', 'p', 'a String'",
        "'127.0.0.1:@PORT@', 'k', 'k String, a String'",
        "'127.0.0.1:@PORT@', '//x', 'a String', 'token'",
        "'DSN=x;Server=127.0.0.1;Port=@PORT@', 'd', 't'",
        "'jdbc:mysql://127.0.0.1:@PORT@/d?user=u&password=p', 'd', 't'",
        "'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:@PORT@/a', 'c', 'b', 'CSV', 'none', 'a String'",
        "'http://127.0.0.1:@PORT@/a', 'c', 'b', 'a', 'YQ==', 'CSV', 'none', 'a String'",
        "default, '@FILE@', 'LineAsString', 'l String'",
        "'default', '@URL@', 'CSV', 'a String'",
        "'default', '@URL@', 'key', 'secret', 'CSV', 'a String'",
        "'default', '@AT@/iceberg'",
        "url = '@URL@', format = 'CSV', structure = 'a String'",
        "path = '@FILE@', format = 'LineAsString'",
        "host = '127.0.0.1', port = @PORT@, database = 'd', table = 't', user = 'u', password = 'p'",
        "SELECT file('@FILE@')",
        "'SELECT file(''@FILE@'')'",
        "'SELECT * FROM file(''@FILE@'', LineAsString)'",
        "'EXPLAIN', '', (SELECT * FROM file('@FILE@', LineAsString))",
        "SELECT file('@FILE@') ELSE null('a String')",
        "file('@FILE@', LineAsString)",
        "LineAsString, 'l String', file('@FILE@')",
        "LineAsString, file('@FILE@')",
        "file('@FILE@')",
        "toUInt64(length(file('@FILE@')))",
        "(file('@FILE@'))",
    ];

    static readonly string[] _calls =
    [
        "@NAME@('@FILE@', 'LineAsString', 'l String')",
        "@NAME@('@URL@', 'CSV', 'a String')",
        "@NAME@('127.0.0.1:@PORT@', 'd', 't', 'u', 'p')",
    ];

    static readonly string[] _places =
    [
        "DESCRIBE TABLE @CALL@",
        "EXPLAIN SELECT * FROM @CALL@",
        "EXPLAIN PIPELINE SELECT * FROM @CALL@",
        "WITH x AS (SELECT * FROM @CALL@) SELECT * FROM x",
        "SELECT * FROM view(SELECT * FROM @CALL@)",
        "SELECT 1 IN (SELECT * FROM @CALL@)",
        "SELECT 1 WHERE 'a' IN @CALL@",
        "SELECT (SELECT * FROM @CALL@ LIMIT 1)",
        "SHOW COLUMNS FROM @CALL@",
        "INSERT INTO FUNCTION @CALL@ SELECT 'x'",
        "INSERT INTO FUNCTION @CALL@ VALUES ('x')",
        "CREATE TABLE IF NOT EXISTS attacked AS @CALL@",
        "CREATE TEMPORARY TABLE attacked AS @CALL@",
    ];

    public static IEnumerable<Attack> WithEveryArgument(Canaries canaries, EngineLists lists)
        => canaries.Fill(AttackTemplates.Cross(lists.TableFunctions, [.. _arguments.Select(list => $"SELECT * FROM @NAME@({list})")]), sql => Attack.Sql(sql + (sql.Contains(Endless, StringComparison.Ordinal) ? " LIMIT 100" : "")));

    public static IEnumerable<Attack> InEveryPlace(Canaries canaries, EngineLists lists)
        => canaries.Fill(AttackTemplates.Cross(lists.TableFunctions, [.. _places.SelectMany(place => _calls.Select(call => place.Replace("@CALL@", call, StringComparison.Ordinal)))]),
            sql => sql.Contains("TEMPORARY", StringComparison.Ordinal) ? Attack.Session(sql, "SELECT * FROM attacked") : Attack.Sql(sql));
}
