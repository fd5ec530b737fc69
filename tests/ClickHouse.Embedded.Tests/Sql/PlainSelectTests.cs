using Tidemark.ClickHouse.Embedded.Sql;
using Tidemark.ClickHouse.Embedded.Supervision;

namespace Tidemark.ClickHouse.Embedded.Tests.Sql;

/// <summary>Only a statement whose tree keeps nothing back is judged by its tree alone.</summary>
[Collection("engine")]
public sealed class PlainSelectTests(EngineFixture engine, EngineWithoutDoor withoutDoor) : IClassFixture<EngineWithoutDoor>
{
    [Theory]
    [InlineData("SELECT 17 + 1")]
    [InlineData("SELECT a.number AS n, count() FROM numbers(10) AS a LEFT JOIN numbers(3) b ON a.number = b.number WHERE n > 1 GROUP BY n HAVING count() > 0 ORDER BY n DESC LIMIT 3")]
    [InlineData("WITH t AS (SELECT 1 AS x) SELECT * FROM t UNION ALL SELECT 2 FORMAT JSON")]
    [InlineData("SELECT arrayMap(v -> v + 1, [1, 2]) /* file */ -- url")]
    [InlineData("SELECT 'SETTINGS x = 1', \"number\" FROM numbers(1)")]
    public async Task Select_OfWhichTheTreeShowsAll_IsPlain(string sql) => Assert.True(await IsPlainAsync(sql));

    [Theory]
    [InlineData("SELECT * APPLY(file) FROM numbers(1)")]
    [InlineData("SELECT COLUMNS('x') APPLY(toString) FROM numbers(1)")]
    [InlineData("SELECT * EXCEPT(number) FROM numbers(1)")]
    [InlineData("SELECT numbers.* REPLACE(file('x') AS number) FROM numbers(1) AS numbers")]
    [InlineData("SELECT arrayMap(file, ['/etc/passwd'])")]
    [InlineData("SELECT arrayMap(`fil\\x65`, ['/etc/passwd'])")]
    [InlineData("SELECT 1 SETTINGS max_threads = 1")]
    [InlineData("SELECT * FROM (SELECT 1 SETTINGS max_threads = 1)")]
    [InlineData("SELECT 1 INTO OUTFILE '/tmp/x'")]
    [InlineData("SELECT 1 INTO OUTFILE '/tmp/x' FORMAT TSV SETTINGS max_threads = 1")]
    [InlineData("SELECT sum(number) OVER (PARTITION BY number) FROM numbers(1)")]
    [InlineData("SELECT * FROM system.models")]
    [InlineData("SELECT * FROM models")]
    [InlineData("SELECT arrayMap({f:Identifier}, ['/etc/passwd'])", "&param_f=file")]
    [InlineData("SELECT * FROM {t:Identifier}", "&param_t=models")]
    [InlineData("SHOW TABLES LIKE 'a'")]
    [InlineData("SHOW PROCESSLIST")]
    [InlineData("EXPLAIN SELECT 1")]
    [InlineData("DESCRIBE (SELECT 1)")]
    [InlineData("CREATE TEMPORARY TABLE t AS SELECT 1")]
    [InlineData("SELECT 1 FROM numbers(1) SAMPLE 1/2")]
    [InlineData("SELECT 1 INTERSECT SELECT 1")]
    public async Task Statement_OfWhichTheTreeMayHideSomething_IsNot(string sql, string more = "") => Assert.False(await IsPlainAsync(sql, more));

    /// <summary>The same statement is known from an answer in chunks and needs its text for one through a pipe.</summary>
    [Fact]
    public async Task Statement_KnownFromChunks_IsAnsweredAsADocumentToo()
    {
        var sql = $"SELECT number + {Random.Shared.Next()} AS n FROM numbers(2)";
        var rows = await engine.ReadAsync(sql);
        Assert.Equal(2, rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var document = await engine.ReadAsync(sql, "/?default_format=JSONCompact");
        Assert.Contains("\"rows\": 2", document, StringComparison.Ordinal);
        Assert.Equal(rows, await engine.ReadAsync(sql));
        Assert.Contains("\"meta\"", await engine.ReadAsync(sql + " FORMAT JSON"), StringComparison.Ordinal);
    }

    /// <summary>What was found of a statement with one value of a parameter does not hold with another.</summary>
    [Fact]
    public async Task Statement_WithANameAsParameter_IsJudgedWithEachValue()
    {
        const string Sql = "SELECT arrayMap({f:Identifier}, ['/etc/passwd']) FROM (SELECT 1 AS x)";
        foreach (var (value, error) in new[] { ("x", "43"), ("file", "497"), ("x", "43") })
        {
            using var answer = await engine.SendAsync($"/?param_f={value}", System.Text.Encoding.UTF8.GetBytes(Sql));
            Assert.NotEqual("200", ((int)answer.StatusCode).ToString());
            if (value == "file")
                Assert.Equal(error, answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        }
    }

    async Task<bool> IsPlainAsync(string sql, string more = "")
    {
        var tree = await withoutDoor.ReadAsync("EXPLAIN AST " + sql, "/?default_format=TabSeparatedRaw" + more);
        var functions = (await engine.ReadAsync("SELECT name FROM system.functions FORMAT TSVRaw")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var tables = (await engine.ReadAsync("SELECT name FROM system.table_functions FORMAT TSVRaw")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return PlainSelect.Is(new StatementTree(tree), new SourceFunctions(functions.Concat(tables), tables));
    }
}

/// <summary>An engine whose door judges nothing, so that it prints any tree.</summary>
public sealed class EngineWithoutDoor : IAsyncLifetime
{
    readonly string _data = Directory.CreateTempSubdirectory("engine-tests-").FullName;
    EngineProcess _process = null!;
    HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _process = EngineFixture.Supervise(Path.Combine(_data, "engine"), FreePort.Take(), "--no-door-checks");
        await _process.StartAsync(CancellationToken.None);
        _http = new HttpClient { BaseAddress = _process.Address };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    public async Task<string> ReadAsync(string sql, string url)
    {
        using var answer = await _http.PostAsync(new Uri(url, UriKind.Relative), new StringContent(sql));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }
}
