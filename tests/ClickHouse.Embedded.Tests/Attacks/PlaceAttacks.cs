using System.IO.Compression;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>A few calls that read, in every place that a statement or a request has for an expression, a table or a text.</summary>
internal static class PlaceAttacks
{
    static readonly string[] _expressions = ["file('@FILE@')", "(SELECT * FROM file('@FILE@', LineAsString))", "catboostEvaluate('@FILE@', 1)", "(SELECT * FROM url('@URL@', CSV, 'a String'))"];

    static readonly string[] _places =
    [
        "SELECT @X@", "SELECT @X@ AS a, a", "SELECT 1 WHERE @X@ != ''", "SELECT 1 PREWHERE @X@ != ''", "SELECT 1 HAVING @X@ != ''", "SELECT 1 QUALIFY @X@ != ''", "SELECT number FROM numbers(1) ORDER BY @X@", "SELECT count() GROUP BY @X@", "SELECT DISTINCT ON (@X@) 1",
        "SELECT 1 LIMIT length(@X@)", "SELECT 1 LIMIT 1 BY @X@", "SELECT 1 OFFSET length(@X@)", "SELECT number FROM numbers(1) ORDER BY number WITH FILL TO length(@X@)", "SELECT number, a FROM numbers(1) ORDER BY number WITH FILL TO 3 INTERPOLATE (a AS @X@)", "SELECT 1 FROM numbers(1) SAMPLE length(@X@)",
        "WITH @X@ AS a SELECT a", "WITH a AS (SELECT @X@) SELECT * FROM a", "WITH RECURSIVE a AS (SELECT @X@ AS x UNION ALL SELECT x FROM a WHERE 0) SELECT * FROM a", "WITH a AS MATERIALIZED (SELECT @X@) SELECT * FROM a", "SELECT * FROM (SELECT @X@)", "SELECT (SELECT @X@)", "SELECT 1 IN (SELECT @X@)", "SELECT EXISTS (SELECT @X@)",
        "SELECT arrayMap(x -> @X@, [1])", "SELECT arrayFold((a, x) -> @X@, [1], '')", "SELECT if(1, @X@, '')", "SELECT CASE WHEN 1 THEN @X@ END", "SELECT CAST(@X@ AS String)", "SELECT @X@::String", "SELECT [@X@]", "SELECT (@X@, 1)", "SELECT map('a', @X@)", "SELECT tuple(@X@).1", "SELECT @X@[1]", "SELECT -length(@X@)", "SELECT @X@ LIKE '%'", "SELECT @X@ BETWEEN '' AND 'z'",
        "SELECT any(@X@)", "SELECT groupArray(@X@)", "SELECT quantile(length(@X@))(1)", "SELECT sum(1) OVER (PARTITION BY @X@)", "SELECT sum(1) OVER w FROM numbers(1) WINDOW w AS (ORDER BY @X@)", "SELECT sum(1) FILTER (WHERE @X@ != '')", "SELECT * FROM numbers(length(@X@))", "SELECT * FROM values('a String', @X@)", "SELECT * FROM values(@X@)", "SELECT * FROM generateRandom(@X@)", "SELECT * FROM format(LineAsString, @X@)",
        "SELECT * FROM format(Values, 'a String', '(@Q@)')", "SELECT * FROM format(Values, '(@Q@)')", "SELECT * FROM format(SQLInsert, 'a String', 'INSERT INTO t VALUES (@Q@)')", "SELECT * FROM format(MySQLDump, 'a String', 'INSERT INTO t VALUES (@Q@);')", "SELECT * FROM format(TSV, 'a String DEFAULT @Q@, b String', 'x')", "SELECT * FROM format(JSONEachRow, 'b String, a String DEFAULT @Q@', '{\"b\":\"\"}')", "SELECT * FROM values('a String DEFAULT @Q@', 'x')", "SELECT * FROM generateRandom('a String MATERIALIZED @Q@')",
        "SELECT * FROM numbers(1) AS a JOIN numbers(1) AS b ON @X@ != ''", "SELECT * FROM numbers(1) ARRAY JOIN [@X@] AS a", "SELECT * FROM view(SELECT @X@)", "SELECT * FROM viewIfPermitted(SELECT @X@ ELSE null('a String'))", "SELECT * FROM viewExplain('EXPLAIN', '', (SELECT @X@))", "SELECT * FROM loop(view(SELECT @X@)) LIMIT 1", "SELECT * FROM eval('SELECT @Q@')", "SELECT * FROM eval(@X@)", "SELECT * FROM dictionary(@X@)", "SELECT * FROM merge(@X@, '.*')", "SELECT * FROM fuzzQuery(@X@) LIMIT 1", "SELECT * FROM fuzzJSON(@X@) LIMIT 1",
        "SELECT 1 UNION ALL SELECT @X@", "SELECT 1 INTERSECT SELECT @X@", "(SELECT @X@)", "FROM (SELECT @X@ AS a) SELECT a", "SELECT * REPLACE (@X@ AS number) FROM numbers(1)", "SELECT * APPLY (x -> @X@) FROM numbers(1)", "SELECT COLUMNS('n') APPLY(x -> @X@) FROM numbers(1)", "SELECT * EXCEPT (number), @X@ FROM numbers(1)", "SELECT getSubcolumn(@X@, 'size')", "SELECT [1, 2].length(@X@)", "SELECT dictGet(@X@, 'a', 1)", "SELECT joinGet(@X@, 'a', 1)", "SELECT ignore(@X@)", "SELECT 1 SETTINGS log_comment = @X@", "SELECT 1 SETTINGS additional_result_filter = '@Q@ != \\'\\''", "SELECT * FROM system.one SETTINGS additional_table_filters = {'system.one': '@Q@ != \\'\\''}",
        "EXPLAIN SELECT @X@", "EXPLAIN SYNTAX SELECT @X@", "EXPLAIN AST SELECT @X@", "EXPLAIN QUERY TREE SELECT @X@", "EXPLAIN PIPELINE SELECT @X@", "EXPLAIN ESTIMATE SELECT @X@", "SELECT * FROM (EXPLAIN SELECT @X@)", "DESCRIBE (SELECT @X@)", "DESCRIBE TABLE view(SELECT @X@)", "SHOW TABLES WHERE @X@ != ''", "SHOW DATABASES WHERE @X@ != ''", "SHOW SETTINGS ILIKE @X@", "SHOW COLUMNS FROM system.one WHERE @X@ != ''", "SHOW TABLES LIMIT length(@X@)", "KILL QUERY WHERE @X@ != ''", "KILL MUTATION WHERE @X@ != ''", "SET max_threads = @X@", "SET param_p = @X@", "USE {p:Identifier}", "EXISTS TABLE {p:Identifier}",
        "INSERT INTO attacked_p SELECT @X@", "INSERT INTO attacked_p VALUES (@X@)", "INSERT INTO attacked_p (a) VALUES ('x'), (@X@)", "INSERT INTO attacked_p FORMAT Values (@X@)", "INSERT INTO attacked_p FORMAT SQLInsert INSERT INTO t VALUES (@X@)", "INSERT INTO attacked_p FORMAT MySQLDump\nINSERT INTO `t` VALUES (@X@);", "INSERT INTO attacked_p SETTINGS input_format_values_deduce_templates_of_expressions = 1 VALUES (concat('a', @X@)), (concat('b', @X@))", "INSERT INTO attacked_p WITH @X@ AS a SELECT a", "INSERT INTO attacked_p FROM INFILE '@FILE@' FORMAT LineAsString", "INSERT INTO attacked_p FROM INFILE '@AT@/canary.txt.gz' COMPRESSION 'gzip' FORMAT LineAsString", "INSERT INTO attacked_p SELECT * FROM input('a String DEFAULT @Q@') FORMAT CSV\n",
        "CREATE TEMPORARY TABLE attacked AS SELECT @X@ AS a", "CREATE TEMPORARY TABLE attacked ENGINE = Memory AS SELECT @X@ AS a", "CREATE TEMPORARY TABLE attacked (a String DEFAULT @X@)", "CREATE TEMPORARY TABLE attacked (a String MATERIALIZED @X@, b UInt8)", "CREATE TEMPORARY TABLE attacked (a String ALIAS @X@, b UInt8)", "CREATE TEMPORARY TABLE attacked (a String EPHEMERAL @X@, b String DEFAULT a)", "CREATE TEMPORARY TABLE attacked (a String, CONSTRAINT c ASSUME @X@ = '')", "CREATE TEMPORARY VIEW attacked AS SELECT @X@", "CREATE VIEW attacked_v1 AS SELECT @X@", "CREATE OR REPLACE TEMPORARY TABLE attacked AS SELECT @X@ AS a",
        "CREATE TEMPORARY TABLE attacked (a String) ENGINE = MergeTree ORDER BY @X@", "CREATE TEMPORARY TABLE attacked (a String) ENGINE = MergeTree ORDER BY a TTL toDate(@X@)", "CREATE TEMPORARY TABLE attacked EMPTY AS SELECT @X@ AS a", "CREATE TEMPORARY TABLE attacked CLONE AS file('@FILE@', LineAsString)",
    ];

    // Tables that have no expression of their own.
    static readonly string[] _followUp = ["INSERT INTO attacked (b) VALUES ('1')", "SELECT * FROM attacked", "SELECT a FROM attacked"];

    static IEnumerable<string> Statements() => _places.SelectMany(place => _expressions.Select(x => place.Replace("@X@", x, StringComparison.Ordinal).Replace("@Q@", x.Replace("'", "\\'", StringComparison.Ordinal), StringComparison.Ordinal))).Distinct();

    /// <summary>In every place of a statement; in a session when it leaves a table.</summary>
    public static IEnumerable<Attack> OfStatements(Canaries canaries) => canaries.Fill(Statements(), sql =>
        sql.StartsWith("CREATE TEMP", StringComparison.Ordinal) ? Attack.Session([sql, .. _followUp])
        : sql.Contains("attacked_p", StringComparison.Ordinal) ? Attack.Session("CREATE TEMPORARY TABLE attacked_p (a String)", sql, "SELECT * FROM attacked_p")
        : Attack.Sql(sql, "/?param_p=" + Uri.EscapeDataString(canaries.File)));

    static readonly string[] _statements =
    [
        "SELECT file('@FILE@')", "SELECT * FROM file('@FILE@', LineAsString)", "SELECT 1 INTO OUTFILE '@NEW@'", "INSERT INTO FUNCTION file('@NEW@', CSV, 'a String') SELECT 'x'", "SELECT * FROM url('@URL@', CSV, 'a String')",
        "SELECT 'x' AS a FORMAT Protobuf SETTINGS output_format_schema = '@NEW@', format_protobuf_use_autogenerated_schema = 1", "CREATE TEMPORARY TABLE t AS SELECT file('@FILE@') AS a", "CREATE TABLE attacked_x (a String) ENGINE = File(CSV, '@NEW@')",
    ];

    /// <summary>By every way that a statement comes in: URL, body, both, compressed, a form's field, a parameter, twice.</summary>
    public static IEnumerable<Attack> OfRequests(Canaries canaries) => canaries.Fill(_statements, sql => sql).SelectMany(sql => (Attack[])
    [
        Attack.Sql(sql), Attack.Get(sql), Attack.Sql(sql, "/query"), Attack.Sql(sql[7..], "/?query=" + Uri.EscapeDataString(sql[..7])), Attack.Sql(sql[6..], "/?query=" + Uri.EscapeDataString(sql[..6])), Attack.Sql("", "/?query=" + Uri.EscapeDataString(sql)),
        Attack.Get("SELECT 1;", "&query=" + Uri.EscapeDataString(sql)), Attack.Get(sql[..4], "&query=" + Uri.EscapeDataString(sql[4..])), Attack.Sql("SELECT 1; " + sql), Attack.Sql(sql + "; SELECT 1"), Attack.Sql("SELECT 1 -- \n; " + sql), Attack.Sql("SELECT 1\0; " + sql), Attack.Sql("\uFEFF" + sql),
        Attack.Sql("/* a */ " + sql), Attack.Sql("-- a\n" + sql), Attack.Sql("# a\n" + sql), Attack.Sql("#!a\n" + sql), Attack.Sql("(" + sql + ")"), Attack.Sql(sql.Replace(" ", "\u00A0", StringComparison.Ordinal)), Attack.Sql(sql.Replace(" ", "\u3000", StringComparison.Ordinal)), Attack.Sql(sql.Replace(" ", "/**/", StringComparison.Ordinal)), Attack.Sql(sql.Replace(" ", "\v\f", StringComparison.Ordinal)),
        new(new AttackRequest("/", Gzip(sql)) { Headers = [("Content-Encoding", "gzip")] }), new(new AttackRequest("/", Encoding.UTF8.GetBytes(sql)) { Headers = [("Content-Type", "application/x-www-form-urlencoded")] }), new(new AttackRequest("/", Encoding.UTF8.GetBytes("query=" + Uri.EscapeDataString(sql))) { Headers = [("Content-Type", "application/x-www-form-urlencoded")] }),
        Attack.Form("", [("query", sql)]), Attack.Form("SELECT 1", [("query", "; " + sql)]), Attack.Form(sql, [("t_structure", "a String")]), Attack.Get("{q:Identifier}", "&param_q=" + Uri.EscapeDataString(sql)), Attack.Get("SELECT {q:String}", "&param_q=" + Uri.EscapeDataString("');" + sql + " --")),
        Attack.Get("SELECT * FROM {q:Identifier}", "&param_q=" + Uri.EscapeDataString(sql)), Attack.Get("SELECT 1", "&database=" + Uri.EscapeDataString("`; " + sql + " --")), Attack.Get("SELECT 1", "&default_format=" + Uri.EscapeDataString("CSV; " + sql)), Attack.Get("SELECT 1", "&default_format=" + Uri.EscapeDataString("CSV INTO OUTFILE '" + canaries.At("new.txt") + "'")),
        Attack.Get("SELECT 1", "&query_id=" + Uri.EscapeDataString("'; " + sql + " --")), Attack.Get("SELECT 1", "&session_id=" + Uri.EscapeDataString("'; " + sql + " --")), Attack.Get("SELECT 1", "&role=" + Uri.EscapeDataString("a; " + sql)), Attack.Get("SELECT 1", "&log_comment=" + Uri.EscapeDataString("'; " + sql + " --")), Attack.Get("SELECT 1", "&max_threads=" + Uri.EscapeDataString("1; " + sql)),
        Attack.Get("SELECT 1", "&" + Uri.EscapeDataString("max_threads = 1; " + sql) + "=1"), Attack.Get("SELECT 1", "&session_timezone=" + Uri.EscapeDataString("UTC'; " + sql)), Attack.Get("SELECT 1", "&param_" + Uri.EscapeDataString("a; " + sql) + "=1"), Attack.Get("SELECT {a:" + sql + "}", "&param_a=1"),
        new(new AttackRequest("/?query=SELECT%201", null) { Headers = [("X-ClickHouse-Database", "`; " + sql)] }), new(new AttackRequest("/?query=SELECT%201", null) { Headers = [("X-ClickHouse-Format", "CSV; " + sql)] }), new(new AttackRequest("/?query=SELECT%201", null) { Headers = [("X-ClickHouse-Query-Id", "'; " + sql)] }), new(new AttackRequest("/?query=SELECT%201", null) { Headers = [("X-ClickHouse-Quota", "'; " + sql), ("X-ClickHouse-Role", sql), ("X-ClickHouse-SSL-Certificate-Auth", "on")] }),
        Attack.Sql("SELECT 1", "/?decompress=1"), Attack.Sql(sql, "/?compress=1"), Attack.Sql(sql, "/?wait_end_of_query=1"), Attack.Sql(sql, "/?implicit_select=1"), Attack.Sql(sql, "/?readonly=0"), Attack.Sql(sql, "/?readonly=1&readonly=0"), Attack.Sql(sql, "/?allow_ddl=1"), Attack.Sql(sql, "/?default_format=Null"), Attack.Sql(sql, "/?user=writer&password="), Attack.Sql(sql, "/?user=writer&user=default"), Attack.Sql(sql, "/?client_protocol_version=54450&default_format=Native"),
        Attack.Sql(sql, "/?output_format_json_array_of_rows=1"), Attack.Sql(sql, "/?default_format=JSON&extremes=1"), Attack.Sql(sql, "/?session_check=1&session_id=x"), Attack.Session("SET readonly = 0", sql), Attack.Session("SET implicit_select = 1", sql),
    ]);

    static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
