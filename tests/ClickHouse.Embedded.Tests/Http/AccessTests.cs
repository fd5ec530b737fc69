using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Http;

[Collection("engine")]
public sealed class AccessTests(EngineFixture engine)
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2", 62, 400)]
    [InlineData("", 62, 400)]
    [InlineData("SELEC 1", 62, 400)]
    [InlineData("bogus", 62, 400)]
    [InlineData("SELECT * FROM nope", 60, 404)]
    [InlineData("SELECT nope", 47, 404)]
    [InlineData("SELECT 1 FORMAT Nope", 73, 404)]
    [InlineData("SELECT 1 SETTINGS nope = 1", 115, 404)]
    [InlineData("SELECT throwIf(1)", 395, 500)]
    [InlineData("SELECT sleep(1) SETTINGS max_execution_time = 0.1", 159, 408)]
    [InlineData("SELECT toUInt8('x')", 6, 400)]
    [InlineData("SELECT 1 INTO OUTFILE 'x.tsv'", 358, 500)]
    [InlineData("SELECT 1 INTO OUTFILE 'x.tsv' FORMAT CSV SETTINGS async_insert = 0", 358, 500)]
    [InlineData("SHOW TABLES INTO OUTFILE 'x.tsv'", 358, 500)]
    [InlineData("SELECT file('/etc/passwd')", 497, 403)]
    [InlineData("SELECT arrayMap(x -> FILE(x), ['/etc/passwd'])", 497, 403)]
    [InlineData("WITH x AS (SELECT file('/etc/passwd') AS a) SELECT a FROM x", 497, 403)]
    [InlineData("EXPLAIN SELECT file('/etc/passwd')", 497, 403)]
    [InlineData("SELECT * FROM view(SELECT file('/etc/passwd'))", 497, 403)]
    [InlineData("SELECT * FROM file('/etc/passwd', 'LineAsString')", 497, 403)]
    [InlineData("DESCRIBE TABLE file('/etc/passwd')", 497, 403)]
    [InlineData("SELECT * FROM url('http://127.0.0.1:1/', 'CSV')", 497, 403)]
    [InlineData("SELECT * FROM remote('127.0.0.1', system.one)", 497, 403)]
    [InlineData("SELECT * FROM s3('http://127.0.0.1:1/x')", 497, 403)]
    [InlineData("SELECT * FROM executable('x', 'CSV', 'a String')", 497, 403)]
    [InlineData("SELECT * FROM deltaLake('/tmp')", 497, 403)]
    [InlineData("INSERT INTO FUNCTION file('x', 'CSV', 'a Int32') SELECT 1", 497, 403)]
    [InlineData("SYSTEM STOP MERGES", 497, 403)]
    [InlineData("KILL MUTATION WHERE 1", 497, 403)]
    [InlineData("CREATE TABLE no (a Int32) ENGINE = Memory", 164, 500)]
    [InlineData("DROP DATABASE tidemark", 164, 500)]
    [InlineData("SET readonly = 0", 164, 500)]
    [InlineData("SELECT 1 SETTINGS readonly = 0", 164, 500)]
    [InlineData("SELECT 1 SETTINGS max_memory_usage = 0", 452, 500)]
    public async Task Reader_Statement_IsRefused(string sql, int code, int status)
    {
        using var answer = await engine.SendAsync("/", Encoding.UTF8.GetBytes(sql), ("X-ClickHouse-User", "reader"));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.StartsWith($"Code: {code}. DB::Exception: ", text, StringComparison.Ordinal);
        Assert.Matches(@" \([A-Z_]+\) \(version 26\.7\.\d+\.\d+ \(official build\)\)\n$", text);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code.ToString(), answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
    }

    /// <summary>A name of a function is no function where the statement's tree shows that it is a column, a table or an alias.</summary>
    [Theory]
    [InlineData("SELECT 1 AS file", "1\n")]
    [InlineData("SELECT 1 AS file SETTINGS max_threads = 1", "1\n")]
    [InlineData("SELECT file FROM (SELECT 1 AS file)", "1\n")]
    [InlineData("SELECT t.file, file.file FROM (SELECT 1 AS file) AS t, (SELECT 2 AS file) AS file", "1\t2\n")]
    [InlineData("WITH file AS (SELECT 1 AS x) SELECT file.x FROM file", "1\n")]
    [InlineData("WITH 1 AS file SELECT file + 1", "2\n")]
    [InlineData("SELECT url, s3, remote, input, executable FROM (SELECT 1 AS url, 2 AS s3, 3 AS remote, 4 AS input, 5 AS executable)", "1\t2\t3\t4\t5\n")]
    [InlineData("SELECT file AS name, count() AS n, uniq(file) FROM (SELECT 'a' AS file) GROUP BY file HAVING file != '' AND file LIKE 'a' ORDER BY file LIMIT 3", "a\t1\t1\n")]
    [InlineData("SELECT arrayMap(file -> file + 1, [1])", "[2]\n")]
    [InlineData("DESCRIBE (SELECT 1 AS file)", "file\tUInt8\t\t\t\t\t\n")]
    [InlineData("SELECT count() FROM {t:Identifier}", "1\n", "&param_t=file", "CREATE TEMPORARY TABLE file (file String, url String)", "INSERT INTO file (file, url) VALUES ('a', 'b')")]
    [InlineData("SELECT url FROM url", "1\n", "", "CREATE TEMPORARY TABLE url (url UInt8)", "INSERT INTO url (url) FORMAT TSV\n1\n")]
    public async Task Reader_NameOfAFunctionThatIsNone_IsAnswered(string sql, string expected, string more = "", params string[] before)
    {
        var session = $"/?session_id={EngineFixture.Table()}{more}";
        foreach (var statement in before)
            await engine.ReadAsync(statement, session);
        Assert.Equal(expected, await engine.ReadAsync(sql, session));
        Assert.Contains("\"meta\":", await engine.ReadAsync(sql, session + "&default_format=JSONCompact"), StringComparison.Ordinal);
    }

    /// <summary>Reading it starts another program.</summary>
    [Theory]
    [InlineData("SELECT * FROM system.models")]
    [InlineData("SELECT * FROM {d:Identifier}.models", "&param_d=system")]
    public async Task Models_ByItsName_IsRefused(string sql, string more = "")
    {
        using var answer = await engine.SendAsync("/?" + more, Encoding.UTF8.GetBytes(sql));
        Assert.StartsWith("Code: 497.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT file('/etc/passwd')")]
    [InlineData("CREATE VIEW peek AS SELECT file('/etc/passwd')")]
    [InlineData("CREATE TABLE peek (a String DEFAULT file('/etc/passwd')) ENGINE = Memory")]
    [InlineData("CREATE TABLE peek (a String) ENGINE = File(CSV, '/etc/passwd')")]
    [InlineData("CREATE FUNCTION peek AS x -> file(x)")]
    [InlineData("INSERT INTO peeked VALUES (file('/etc/passwd'))")]
    [InlineData("INSERT INTO peeked SELECT file('/etc/passwd')")]
    [InlineData("INSERT INTO FUNCTION file('x', 'CSV', 'a Int32') VALUES (1)")]
    public async Task Writer_ReachingOutside_IsRefused(string sql)
    {
        await engine.WriteAsync("CREATE TABLE IF NOT EXISTS peeked (a String) ENGINE = Memory");
        using var answer = await engine.SendAsync("/", Encoding.UTF8.GetBytes(sql), ("X-ClickHouse-User", "writer"), ("X-ClickHouse-Key", EngineFixture.Password));
        Assert.StartsWith("Code: 497. DB::Exception: writer: Not enough privileges", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writer_ByGet_OnlyReads()
    {
        using var answer = await engine.SendAsync($"/?user=writer&password={Uri.EscapeDataString(EngineFixture.Password)}&query=CREATE+TABLE+no+(a+Int32)+ENGINE=Memory", null);
        Assert.StartsWith("Code: 164.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("writer", "wrong")]
    [InlineData("writer", "")]
    [InlineData("nobody", "")]
    public async Task Unknown_UserOrPassword_Is403(string user, string password)
    {
        using var answer = await engine.SendAsync("/", "SELECT 1"u8.ToArray(), ("X-ClickHouse-User", user), ("X-ClickHouse-Key", password));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("516", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
    }

    [Fact]
    public async Task Writer_ByBasicAuthorization_Writes()
    {
        var table = EngineFixture.Table();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/", UriKind.Relative)) { Content = new StringContent($"CREATE TABLE {table} (a Int32) ENGINE = Memory") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("writer:" + EngineFixture.Password)));
        using var answer = await engine.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("1\n", await engine.ReadAsync($"EXISTS TABLE {table}"));
    }
}
