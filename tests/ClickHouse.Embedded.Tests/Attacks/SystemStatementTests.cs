using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>What runs the server, or what others run, is not for readers.</summary>
[Collection("engine")]
public sealed class SystemStatementTests(EngineFixture engine)
{
    public static TheoryData<string> Statements() => [.. new[]
    {
        "SHUTDOWN", "KILL", "SUSPEND FOR 1 SECOND", "RELOAD CONFIG", "RELOAD USERS", "RELOAD DICTIONARIES", "RELOAD DICTIONARY x", "RELOAD MODELS", "RELOAD FUNCTIONS", "RELOAD FUNCTION x", "RELOAD EMBEDDED DICTIONARIES", "RELOAD ASYNCHRONOUS METRICS",
        "DROP DNS CACHE", "DROP MARK CACHE", "DROP UNCOMPRESSED CACHE", "DROP INDEX MARK CACHE", "DROP INDEX UNCOMPRESSED CACHE", "DROP MMAP CACHE", "DROP PAGE CACHE", "DROP QUERY CACHE", "DROP QUERY CONDITION CACHE", "DROP COMPILED EXPRESSION CACHE", "DROP FILESYSTEM CACHE", "DROP DISK METADATA CACHE x", "DROP SCHEMA CACHE", "DROP FORMAT SCHEMA CACHE", "DROP CONNECTIONS CACHE", "DROP S3 CLIENT CACHE", "DROP ICEBERG METADATA CACHE", "DROP PRIMARY INDEX CACHE", "DROP VECTOR SIMILARITY INDEX CACHE", "DROP TEXT INDEX CACHES", "CLEAR DNS CACHE",
        "DROP REPLICA 'x'", "DROP DATABASE REPLICA 'x'", "SYNC REPLICA x", "SYNC DATABASE REPLICA x", "SYNC FILE CACHE", "SYNC TRANSACTION LOG", "SYNC FILESYSTEM CACHE", "RESTORE REPLICA x", "RESTART REPLICA x", "RESTART REPLICAS", "RESTART DISK x",
        "STOP MERGES", "START MERGES", "STOP TTL MERGES", "START TTL MERGES", "STOP MOVES", "START MOVES", "STOP FETCHES", "START FETCHES", "STOP REPLICATED SENDS", "STOP REPLICATION QUEUES", "STOP DISTRIBUTED SENDS", "STOP PULLING REPLICATION LOG", "STOP CLEANUP", "START CLEANUP", "STOP VIEWS", "START VIEWS", "STOP VIEW x", "REFRESH VIEW x", "CANCEL VIEW x", "WAIT VIEW x", "PAUSE VIEW x", "STOP VIRTUAL PARTS UPDATE", "STOP REDUCE BLOCKING PARTS",
        "STOP LISTEN HTTP", "START LISTEN HTTP", "STOP LISTEN QUERIES ALL", "START LISTEN TCP", "FLUSH LOGS", "FLUSH DISTRIBUTED x", "FLUSH ASYNC INSERT QUEUE", "THREAD FUZZER START", "THREAD FUZZER STOP", "UNFREEZE WITH NAME 'x'", "ENABLE FAILPOINT x", "DISABLE FAILPOINT x", "WAIT FAILPOINT x", "NOTIFY FAILPOINT x", "WAIT LOADING PARTS x", "LOAD PRIMARY KEY", "UNLOAD PRIMARY KEY", "PREWARM MARK CACHE x",
        "JEMALLOC PURGE", "JEMALLOC ENABLE PROFILE", "JEMALLOC DISABLE PROFILE", "JEMALLOC FLUSH PROFILE", "UNLOCK SNAPSHOT 'x' FROM File('y')", "LOAD DYNAMIC CONFIG 'x'", "RESET COVERAGE", "SET FAKE TIME 1", "UNSET FAKE TIME", "INSTRUMENT ADD x", "RESET DDL WORKER", "DROP REPLICA 'x' FROM ZKPATH '/x'",
    }];

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task System_ByAReader_IsRefused(string statement)
    {
        using var answer = await engine.SendAsync("/", Encoding.UTF8.GetBytes("SYSTEM " + statement), ("X-ClickHouse-User", "reader"));
        // 62: this release does not know the statement.
        Assert.Matches(@"^Code: (497|164|62)\.", await answer.Content.ReadAsStringAsync());
        Assert.Equal("1\n", await engine.ReadAsync("SELECT 1"));
    }

    [Theory]
    [InlineData("KILL QUERY WHERE 1")]
    [InlineData("KILL QUERY WHERE 1 SYNC")]
    [InlineData("KILL QUERY WHERE query_id != '' ASYNC")]
    [InlineData("KILL QUERY WHERE query LIKE '%sleepEachRow%'")]
    [InlineData("KILL QUERY WHERE user = 'default'")]
    public async Task Kill_ByAReader_LeavesTheQueriesOfOthers(string kill)
    {
        var mark = EngineFixture.Table();
        using var gone = new CancellationTokenSource();
        var others = RunAsync($"SELECT '{mark}', sleepEachRow(0.2) FROM numbers(10) SETTINGS max_block_size = 1", gone.Token);
        await Wait.UntilAsync(
            async () => others.IsCompleted || (await engine.ReadAsync($"SELECT count() FROM system.processes WHERE query LIKE '%{mark}%' AND query NOT LIKE '%processes%'")).StartsWith('1'),
            "the query among those that run", pause: TimeSpan.FromMilliseconds(20));
        using var answer = await engine.SendAsync("/", Encoding.UTF8.GetBytes(kill), ("X-ClickHouse-User", "reader"));
        await answer.Content.ReadAsStringAsync();
        Assert.Equal(10, (await others).Split(mark).Length - 1);
    }

    [Theory]
    [InlineData("max_memory_usage", "0")]
    [InlineData("max_memory_usage", "100000000000000")]
    [InlineData("max_memory_usage_for_user", "0")]
    [InlineData("readonly", "0")]
    [InlineData("readonly", "1")]
    [InlineData("allow_ddl", "0")]
    [InlineData("allow_introspection_functions", "1")]
    [InlineData("query_cache_tag", "mine")]
    [InlineData("dialect", "kusto")]
    public async Task Limits_ByAReader_StayWhatTheyAre(string setting, string value)
    {
        var before = await engine.ReadAsync($"SELECT value FROM system.settings WHERE name = '{setting}'");
        foreach (var (url, sql) in new[] { ("/", $"SELECT 1 SETTINGS {setting} = '{value}'"), ($"/?{setting}={value}", "SELECT 1"), ($"/?session_id={EngineFixture.Table()}", $"SET {setting} = '{value}'") })
        {
            using var answer = await engine.SendAsync(url, Encoding.UTF8.GetBytes(sql), ("X-ClickHouse-User", "reader"));
            await answer.Content.ReadAsStringAsync();
        }

        // On every connection that readers have.
        var after = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => engine.ReadAsync($"SELECT value FROM system.settings WHERE name = '{setting}'")));
        if (setting != "query_cache_tag") // Each connection has its own.
            Assert.All(after, found => Assert.Equal(before, found));
        Assert.DoesNotContain($"{value}\n", setting == "query_cache_tag" ? after : []);
    }

    async Task<string> RunAsync(string sql, CancellationToken gone)
    {
        using var answer = await engine.Http.PostAsync(new Uri("/", UriKind.Relative), new StringContent(sql), gone);
        return await answer.Content.ReadAsStringAsync(gone);
    }
}
