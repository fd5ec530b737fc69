using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>What a request that failed must not leave behind: a lock, a query that still runs, something of its session.</summary>
[Collection("engine")]
public sealed class LeftoverTests(EngineFixture engine)
{
    // Only a hang guard.
    static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);

    /// <summary>The engine keeps a failed insert, and with it its table, until its connection runs another statement.</summary>
    [Theory]
    [InlineData("INSERT INTO {T} VALUES ('x')")]
    [InlineData("INSERT INTO {T} FORMAT TSV\nx\n")]
    [InlineData("INSERT INTO {T} VALUES (file('/etc/passwd'))")]
    [InlineData("INSERT INTO {T} VALUES (nope())")]
    [InlineData("INSERT INTO {T} (nope) VALUES (1)")]
    [InlineData("INSERT INTO {T} FORMAT Native\nx")]
    [InlineData("INSERT INTO {T} SELECT 'x'")]
    public async Task Insert_ThatFailed_LetsItsTableGo(string insert)
    {
        var table = EngineFixture.Table();
        await engine.WriteAsync($"CREATE TABLE {table} (a UInt8) ENGINE = Memory");
        using (var answer = await engine.SendAsync("/", Encoding.UTF8.GetBytes(insert.Replace("{T}", table, StringComparison.Ordinal)), ("X-ClickHouse-User", "writer"), ("X-ClickHouse-Key", EngineFixture.Password)))
            Assert.False(answer.IsSuccessStatusCode);
        // On another connection than the insert's.
        await engine.WriteAsync($"DROP TABLE {table} SYNC").WaitAsync(_bound);
    }

    [Fact]
    public async Task Session_OfAReader_IsNotTheWriters()
    {
        var session = EngineFixture.Table();
        await engine.WriteAsync("CREATE TEMPORARY TABLE mine (a UInt8)", $"/?session_id={session}");
        using var answer = await engine.SendAsync($"/?session_id={session}", "SELECT * FROM mine"u8.ToArray());
        Assert.StartsWith("Code: 60.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TemporaryTable_WithoutASession_IsGone()
    {
        await engine.SendAsync("/", "CREATE TEMPORARY TABLE left_over (a UInt8)"u8.ToArray());
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ => await (await engine.SendAsync("/", "SELECT * FROM left_over"u8.ToArray())).Content.ReadAsStringAsync()));
        Assert.All(answers, answer => Assert.StartsWith("Code: 60.", answer, StringComparison.Ordinal));
    }

    /// <summary>Settings that keep their own removal from being parsed, or from being seen.</summary>
    [Theory]
    [InlineData("/?max_query_size=1", "SELECT 1")]
    [InlineData("/?max_parser_depth=1", "SELECT 1")]
    [InlineData("/?max_parser_backtracks=1", "SELECT 1")]
    [InlineData("/?max_ast_depth=1", "SELECT 1")]
    [InlineData("/?max_ast_elements=1", "SELECT 1")]
    [InlineData("/?max_expanded_ast_elements=1", "SELECT 1")]
    [InlineData("/?max_query_size=1&max_threads=3", "SELECT 1")]
    [InlineData("/?offset=1&max_threads=3", "SELECT 1")]
    [InlineData("/", "SET max_query_size = 1")]
    [InlineData("/", "SET offset = 100, max_threads = 3")]
    [InlineData("/", "SET limit = 1, max_threads = 3")]
    [InlineData("/", "SET max_execution_time = 0.001, timeout_overflow_mode = 'break', max_threads = 3")]
    [InlineData("/", "SET max_result_rows = 1, result_overflow_mode = 'break', max_threads = 3")]
    [InlineData("/?readonly=1", "SELECT 1")]
    public async Task Settings_ThatHideThemselves_HoldForTheirRequestOnly(string url, string sql)
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ => (await engine.SendAsync(url, Encoding.UTF8.GetBytes(sql))).Dispose()));
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => engine.ReadAsync("SELECT count(), getSetting('max_threads') != 3 FROM (SELECT * FROM numbers(5))")));
        Assert.Equal("5\t1\n", Assert.Single(answers.Distinct()));
    }

    /// <summary>What a session sets neither hides what its tables hold nor is answered with a fault of the door.</summary>
    [Theory]
    [InlineData("SET offset = 1")]
    [InlineData("SET max_execution_time = 0.001, timeout_overflow_mode = 'break'")]
    [InlineData("SET max_rows_to_read = 1, read_overflow_mode = 'break', max_result_rows = 1, result_overflow_mode = 'break'")]
    public async Task Session_WhateverItSets_IsWeighed(string set)
    {
        var session = $"/?session_id={EngineFixture.Table()}";
        await engine.ReadAsync("CREATE TEMPORARY TABLE mine (a String)", session);
        Assert.Empty(await engine.ReadAsync(set, session));
        await engine.SendAsync(session, "INSERT INTO mine SELECT repeat('x', 1000000) FROM numbers(160) SETTINGS offset = 0, max_execution_time = 60, max_rows_to_read = 0, max_result_rows = 0"u8.ToArray());
        using var answer = await engine.SendAsync(session, "SELECT 1"u8.ToArray());
        Assert.Matches(@"\ACode: 241\. .* was closed", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/?max_threads=3", "SELECT 1")]
    [InlineData("/?max_threads=3", "SELECT throwIf(1)")]
    [InlineData("/?max_threads=3&nope=1", "SELECT 1")]
    [InlineData("/?max_threads=3&database=nope", "SELECT 1")]
    [InlineData("/?database=system&max_threads=3", "bogus")]
    [InlineData("/", "SET max_threads = 3")]
    [InlineData("/", "USE system")]
    public async Task Request_LeavesItsConnectionAsItWas(string url, string sql)
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ => (await engine.SendAsync(url, Encoding.UTF8.GetBytes(sql))).Dispose()));
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => engine.ReadAsync("SELECT currentDatabase(), getSetting('max_threads')")));
        var fresh = answers.Distinct().ToArray();
        Assert.StartsWith("tidemark\t", Assert.Single(fresh), StringComparison.Ordinal);
        Assert.DoesNotContain("\t3\n", fresh);
    }
}
