namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>The places that ClickHouse's grammar has for an expression: @X@ stands for the call, @Q@ for it inside of a string.</summary>
internal static class PlaceTemplates
{
    /// <summary>Of a SELECT's clauses.</summary>
    public static readonly string[] Clauses =
    [
        "SELECT @X@", "SELECT @X@ AS a, a", "SELECT 1 WHERE @X@ != ''", "SELECT 1 PREWHERE @X@ != ''", "SELECT 1 HAVING @X@ != ''", "SELECT 1 QUALIFY @X@ != ''",
        "SELECT number FROM numbers(1) ORDER BY @X@", "SELECT count() GROUP BY @X@", "SELECT DISTINCT ON (@X@) 1", "SELECT 1 LIMIT length(@X@)", "SELECT 1 LIMIT 1 BY @X@",
        "SELECT 1 OFFSET length(@X@)", "SELECT number FROM numbers(1) ORDER BY number WITH FILL TO length(@X@)",
        "SELECT number, a FROM numbers(1) ORDER BY number WITH FILL TO 3 INTERPOLATE (a AS @X@)", "SELECT 1 FROM numbers(1) SAMPLE length(@X@)", "WITH @X@ AS a SELECT a",
        "WITH a AS (SELECT @X@) SELECT * FROM a", "WITH RECURSIVE a AS (SELECT @X@ AS x UNION ALL SELECT x FROM a WHERE 0) SELECT * FROM a", "WITH a AS MATERIALIZED (SELECT @X@) SELECT * FROM a",
        "SELECT * FROM (SELECT @X@)", "SELECT (SELECT @X@)", "SELECT 1 IN (SELECT @X@)", "SELECT EXISTS (SELECT @X@)", "SELECT * FROM numbers(length(@X@))", "SELECT * FROM values('a String', @X@)",
        "SELECT * FROM values(@X@)", "SELECT * FROM generateRandom(@X@)", "SELECT * FROM format(LineAsString, @X@)", "SELECT * FROM numbers(1) AS a JOIN numbers(1) AS b ON @X@ != ''",
        "SELECT * FROM numbers(1) ARRAY JOIN [@X@] AS a", "SELECT * FROM view(SELECT @X@)", "SELECT * FROM viewIfPermitted(SELECT @X@ ELSE null('a String'))",
        "SELECT * FROM viewExplain('EXPLAIN', '', (SELECT @X@))", "SELECT * FROM loop(view(SELECT @X@)) LIMIT 1", "SELECT * FROM eval(@X@)", "SELECT * FROM dictionary(@X@)",
        "SELECT * FROM merge(@X@, '.*')", "SELECT * FROM fuzzQuery(@X@) LIMIT 1", "SELECT * FROM fuzzJSON(@X@) LIMIT 1", "SELECT 1 UNION ALL SELECT @X@", "SELECT 1 INTERSECT SELECT @X@",
        "(SELECT @X@)", "FROM (SELECT @X@ AS a) SELECT a", "SELECT * REPLACE (@X@ AS number) FROM numbers(1)", "SELECT * APPLY (x -> @X@) FROM numbers(1)",
        "SELECT COLUMNS('n') APPLY(x -> @X@) FROM numbers(1)", "SELECT * EXCEPT (number), @X@ FROM numbers(1)", "SELECT 1 SETTINGS log_comment = @X@", "SELECT * FROM (EXPLAIN SELECT @X@)",
        "SELECT 1 GROUP BY GROUPING SETS ((@X@))", "SELECT 1 GROUP BY ROLLUP(@X@)", "SELECT 1 ORDER BY @X@ COLLATE 'en'", "SELECT count() FROM numbers(1) GROUP BY ALL HAVING @X@ != ''",
        "SELECT * FROM (VALUES (@X@))", "SELECT * FROM numbers(1) AS a ASOF JOIN numbers(1) AS b ON a.number = b.number AND @X@ != ''", "SELECT * FROM numbers(1) LEFT ARRAY JOIN [@X@] AS a",
        "SELECT a.* APPLY (x -> @X@) FROM numbers(1) AS a", "SELECT COLUMNS(number) APPLY (x -> @X@) FROM numbers(1)", "SELECT COLUMNS('n') REPLACE (@X@ AS number) FROM numbers(1)",
        "SELECT * EXCEPT (number) APPLY (x -> @X@) REPLACE (1 AS number) FROM numbers(1)", "SELECT count(* APPLY (x -> @X@)) FROM numbers(1)",
        "SELECT tuple(COLUMNS('n') APPLY (x -> @X@)) FROM numbers(1)", "SELECT 1 FROM numbers(1) WHERE (* APPLY (x -> @X@)) != ''", "SELECT 1 EXCEPT SELECT @X@", "SELECT (1 UNION ALL SELECT @X@)",
        "SELECT 1 LIMIT 1 OFFSET length(@X@) ROWS FETCH FIRST 1 ROWS ONLY", "SELECT number FROM numbers(3) ORDER BY number WITH FILL FROM 0 TO 9 STEP length(@X@)",
        "SELECT number FROM numbers(3) ORDER BY number WITH FILL STALENESS length(@X@)", "SELECT DISTINCT * APPLY (x -> @X@) FROM numbers(1)", "SELECT * FROM numbers(1) SAMPLE 1 / length(@X@)",
        "WITH a(b) AS (SELECT @X@) SELECT * FROM a", "WITH (SELECT @X@) AS a SELECT a", "SELECT 1 INTO OUTFILE @X@", "SELECT 1 FORMAT CSV SETTINGS log_comment = @X@",
    ];

    /// <summary>Within expressions: operators with a syntax of their own, lambdas, aggregates.</summary>
    public static readonly string[] Expressions =
    [
        "SELECT arrayMap(x -> @X@, [1])", "SELECT arrayFold((a, x) -> @X@, [1], '')", "SELECT if(1, @X@, '')", "SELECT CASE WHEN 1 THEN @X@ END", "SELECT CAST(@X@ AS String)", "SELECT @X@::String",
        "SELECT [@X@]", "SELECT (@X@, 1)", "SELECT map('a', @X@)", "SELECT tuple(@X@).1", "SELECT @X@[1]", "SELECT -length(@X@)", "SELECT @X@ LIKE '%'", "SELECT @X@ BETWEEN '' AND 'z'",
        "SELECT any(@X@)", "SELECT groupArray(@X@)", "SELECT quantile(length(@X@))(1)", "SELECT sum(1) OVER (PARTITION BY @X@)", "SELECT sum(1) OVER w FROM numbers(1) WINDOW w AS (ORDER BY @X@)",
        "SELECT sum(1) FILTER (WHERE @X@ != '')", "SELECT getSubcolumn(@X@, 'size')", "SELECT [1, 2].length(@X@)", "SELECT dictGet(@X@, 'a', 1)", "SELECT joinGet(@X@, 'a', 1)", "SELECT ignore(@X@)",
        "SELECT INTERVAL length(@X@) DAY", "SELECT EXTRACT(DAY FROM toDate(@X@))", "SELECT SUBSTRING(@X@ FROM 1)", "SELECT TRIM(BOTH 'a' FROM @X@)", "SELECT POSITION('a' IN @X@)",
        "SELECT DATE_ADD(DAY, length(@X@), now())", "SELECT 1 ? @X@ : ''", "SELECT NOT length(@X@)", "SELECT @X@ IS NULL", "SELECT @X@ || ''", "SELECT (x -> @X@)(1)",
        "SELECT arrayMap(x -> (y -> @X@)(x), [1])", "SELECT arraySort(x -> @X@, [1, 2])", "SELECT sumMap(map(@X@, 1))", "SELECT topK(length(@X@))(1)", "SELECT tuple(a := @X@)", "SELECT {'a': @X@}",
        "SELECT OVERLAY(@X@ PLACING 'a' FROM 1)", "SELECT toTypeName(@X@)", "SELECT sumIf(1, @X@ != '')", "SELECT sum(DISTINCT length(@X@))",
        "SELECT any(1) RESPECT NULLS OVER (ORDER BY @X@ ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)", "SELECT 1 = ANY (SELECT @X@)", "SELECT 1 IN (@X@)", "SELECT (1, 2) IN ((@X@, 2))",
        "SELECT 1 AS a, (SELECT a, @X@)",
    ];

    /// <summary>In a text that the engine parses by itself: structures, values, filters, queries.</summary>
    public static readonly string[] Texts =
    [
        "SELECT * FROM format(Values, 'a String', '(@Q@)')", "SELECT * FROM format(Values, '(@Q@)')", "SELECT * FROM format(SQLInsert, 'a String', 'INSERT INTO t VALUES (@Q@)')",
        "SELECT * FROM format(MySQLDump, 'a String', 'INSERT INTO t VALUES (@Q@);')", "SELECT * FROM format(TSV, 'a String DEFAULT @Q@, b String', 'x')",
        "SELECT * FROM format(JSONEachRow, 'b String, a String DEFAULT @Q@', '{\"b\":\"\"}')", "SELECT * FROM values('a String DEFAULT @Q@', 'x')",
        "SELECT * FROM generateRandom('a String MATERIALIZED @Q@')", "SELECT * FROM eval('SELECT @Q@')", "SELECT 1 SETTINGS additional_result_filter = '@Q@ != \\'\\''",
        "SELECT * FROM system.one SETTINGS additional_table_filters = {'system.one': '@Q@ != \\'\\''}", "INSERT INTO attacked_p SELECT * FROM input('a String DEFAULT @Q@') FORMAT CSV\n",
        "SELECT 1 SETTINGS additional_result_filter = '* APPLY (x -> @Q@) != \\'\\''", "SELECT * FROM numbers(9) SETTINGS additional_table_filters = map('system.numbers', '@Q@ != \\'\\'')",
        "SELECT 1 SETTINGS parallel_replicas_custom_key = '@Q@', enable_parallel_replicas = 1, max_parallel_replicas = 2, parallel_replicas_for_non_replicated_merge_tree = 1",
        "DESCRIBE format(JSONEachRow, '{\"b\":1}') SETTINGS schema_inference_hints = 'a String DEFAULT @Q@'",
        "SELECT * FROM format(JSONEachRow, '{\"b\":1}') SETTINGS schema_inference_hints = 'a String DEFAULT @Q@'", "SELECT number SETTINGS implicit_table_at_top_level = '@FILE@'",
        "SELECT * FROM input('a String DEFAULT @Q@')", "SELECT * FROM null('a String DEFAULT @Q@')", "SELECT * FROM fuzzJSON('{}', 'a String DEFAULT @Q@') LIMIT 1",
        "SELECT * FROM viewExplain('EXPLAIN', '', 'SELECT @Q@')", "SELECT formatQuery('SELECT @Q@')", "SELECT CAST(1 AS Enum8('@Q@' = 1))", "SELECT accurateCast('x', 'String DEFAULT @Q@')",
        "SELECT defaultValueOfTypeName('@Q@')", "SELECT generateRandomStructure(1, @X@)", "SELECT JSONExtract('{}', 'a', 'Tuple(a String DEFAULT @Q@)')",
        "SELECT structureToProtobufSchema('a String DEFAULT @Q@')", "SELECT 'x' SETTINGS promql_table = '@Q@', dialect = 'promql'", "SELECT format('{}', '@Q@')",
        "SHOW TABLES WHERE name LIKE '%' SETTINGS additional_result_filter = '@Q@ != \\'\\''",
    ];

    /// <summary>Of statements other than SELECT.</summary>
    public static readonly string[] Statements =
    [
        "EXPLAIN SELECT @X@", "EXPLAIN SYNTAX SELECT @X@", "EXPLAIN AST SELECT @X@", "EXPLAIN QUERY TREE SELECT @X@", "EXPLAIN PIPELINE SELECT @X@", "EXPLAIN ESTIMATE SELECT @X@",
        "DESCRIBE (SELECT @X@)", "DESCRIBE TABLE view(SELECT @X@)", "SHOW TABLES WHERE @X@ != ''", "SHOW DATABASES WHERE @X@ != ''", "SHOW SETTINGS ILIKE @X@",
        "SHOW COLUMNS FROM system.one WHERE @X@ != ''", "SHOW TABLES LIMIT length(@X@)", "KILL QUERY WHERE @X@ != ''", "KILL MUTATION WHERE @X@ != ''", "SET max_threads = @X@", "SET param_p = @X@",
        "USE {p:Identifier}", "EXISTS TABLE {p:Identifier}", "INSERT INTO attacked_p SELECT @X@", "INSERT INTO attacked_p VALUES (@X@)", "INSERT INTO attacked_p (a) VALUES ('x'), (@X@)",
        "INSERT INTO attacked_p FORMAT Values (@X@)", "INSERT INTO attacked_p FORMAT SQLInsert INSERT INTO t VALUES (@X@)", "INSERT INTO attacked_p FORMAT MySQLDump\nINSERT INTO `t` VALUES (@X@);",
        "INSERT INTO attacked_p SETTINGS input_format_values_deduce_templates_of_expressions = 1 VALUES (concat('a', @X@)), (concat('b', @X@))", "INSERT INTO attacked_p WITH @X@ AS a SELECT a",
        "INSERT INTO attacked_p FROM INFILE '@FILE@' FORMAT LineAsString", "INSERT INTO attacked_p FROM INFILE '@AT@/canary.txt.gz' COMPRESSION 'gzip' FORMAT LineAsString",
        "CREATE TEMPORARY TABLE attacked AS SELECT @X@ AS a", "CREATE TEMPORARY TABLE attacked ENGINE = Memory AS SELECT @X@ AS a", "CREATE TEMPORARY TABLE attacked (a String DEFAULT @X@)",
        "CREATE TEMPORARY TABLE attacked (a String MATERIALIZED @X@, b UInt8)", "CREATE TEMPORARY TABLE attacked (a String ALIAS @X@, b UInt8)",
        "CREATE TEMPORARY TABLE attacked (a String EPHEMERAL @X@, b String DEFAULT a)", "CREATE TEMPORARY TABLE attacked (a String, CONSTRAINT c ASSUME @X@ = '')",
        "CREATE TEMPORARY VIEW attacked AS SELECT @X@", "CREATE VIEW attacked_v1 AS SELECT @X@", "CREATE OR REPLACE TEMPORARY TABLE attacked AS SELECT @X@ AS a",
        "CREATE TEMPORARY TABLE attacked (a String) ENGINE = MergeTree ORDER BY @X@", "CREATE TEMPORARY TABLE attacked (a String) ENGINE = MergeTree ORDER BY a TTL toDate(@X@)",
        "CREATE TEMPORARY TABLE attacked EMPTY AS SELECT @X@ AS a", "CREATE TEMPORARY TABLE attacked CLONE AS file('@FILE@', LineAsString)", "WITH a AS (SELECT 1) INSERT INTO attacked_p SELECT @X@",
        "INSERT INTO attacked_p SELECT * FROM input('a String') FORMAT Values (@X@)", "INSERT INTO attacked_p (* EXCEPT (b)) VALUES (@X@)",
        "INSERT INTO attacked_p SETTINGS async_insert = 1, wait_for_async_insert = 1 VALUES (@X@)", "INSERT INTO attacked_p SELECT * APPLY (x -> @X@) FROM numbers(1)",
        "INSERT INTO attacked_p TABLE file('@FILE@', LineAsString)", "INSERT INTO TABLE attacked_p VALUES (@X@)", "INSERT INTO `attacked_p` (`a`) VALUES (@X@)", "insert into attacked_p values(@X@)",
        "INSERT INTO attacked_p/**/VALUES/**/(@X@)", "INSERT INTO attacked_p(a)VALUES(@X@)", "CREATE TEMPORARY TABLE attacked AS SELECT * APPLY (x -> @X@) FROM numbers(1)",
        "CREATE TEMPORARY TABLE attacked (a String DEFAULT (SELECT @X@))", "CREATE TEMPORARY TABLE attacked (a String) ENGINE = Memory AS SELECT @X@",
        "CREATE TEMPORARY TABLE attacked (a String) ENGINE = Memory SETTINGS max_rows_to_keep = length(@X@)", "CREATE TEMPORARY TABLE attacked (`a.b` String DEFAULT @X@, b String)",
        "CREATE TEMPORARY TABLE attacked (a Nested(b String) DEFAULT @X@, b String)", "SHOW TABLES FROM system WHERE * APPLY (x -> @X@) != ''", "SHOW TABLES NOT LIKE 'x' LIMIT length(@X@)",
        "SHOW DICTIONARIES WHERE @X@ != ''", "SHOW FUNCTIONS WHERE @X@ != ''", "SHOW INDEXES FROM system.one WHERE @X@ != ''", "SHOW PROCESSLIST WHERE @X@ != ''", "SHOW CLUSTERS LIMIT length(@X@)",
        "SHOW MERGES LIMIT length(@X@)", "SHOW CHANGED SETTINGS ILIKE '%'", "DESCRIBE TABLE (SELECT * APPLY (x -> @X@) FROM numbers(1))", "EXPLAIN SELECT * APPLY (x -> @X@) FROM numbers(1)",
        "EXPLAIN SYNTAX SELECT * APPLY (x -> @X@) FROM numbers(1)", "EXPLAIN QUERY TREE SELECT * APPLY (x -> @X@) FROM numbers(1)", "KILL QUERY WHERE query_id = @X@ TEST", "EXISTS (SELECT @X@)",
        "DELETE FROM attacked_p WHERE @X@ != ''", "UPDATE attacked_p SET a = @X@ WHERE 1", "CHECK TABLE attacked_p PARTITION @X@", "OPTIMIZE TABLE attacked_p PARTITION @X@",
        "TRUNCATE TABLE attacked_p",
    ];

    /// <summary>By a function's name alone, its arguments elsewhere.</summary>
    public static readonly string[] Names =
    [
        "SELECT * APPLY file FROM (SELECT '@FILE@')", "SELECT * APPLY (file) FROM (SELECT '@FILE@')", "SELECT * APPLY(file) FROM (SELECT '@FILE@')", "SELECT COLUMNS('.*') APPLY file FROM (SELECT '@FILE@' AS a)", "SELECT * APPLY FILE FROM (SELECT '@FILE@')",
        "SELECT * APPLY `f\\x69le` FROM (SELECT '@FILE@')", "SELECT * APPLY file('x') FROM (SELECT '@FILE@')", "SELECT arrayMap(file, ['@FILE@'])", "SELECT arrayReduce('file', ['@FILE@'])", "SELECT arrayFold(file, ['@FILE@'], '')", "SELECT mapApply(file, map('@FILE@', ''))",
        "SELECT initializeAggregation('file', '@FILE@')", "SELECT file FROM (SELECT '@FILE@' AS file)", "WITH file AS f SELECT f('@FILE@')", "WITH x -> file(x) AS f SELECT f('@FILE@')", "WITH 'file' AS f SELECT f('@FILE@')", "SELECT '@FILE@'.file()", "SELECT '@FILE@'::file", "SELECT getSubcolumn('@FILE@', 'file')",
        "SELECT arrayMap(x -> x, [file('@FILE@')])", "SELECT arrayMap((x, y) -> file(x), ['@FILE@'], ['@FILE@'])", "SELECT * FROM {f:Identifier}('@FILE@', LineAsString)", "SELECT {f:Identifier}('@FILE@')", "SELECT * APPLY {f:Identifier} FROM (SELECT '@FILE@')",
    ];
}
