using System.Text.RegularExpressions;
using Tidemark.ClickHouse.Embedded.Hosting;

namespace Tidemark.ClickHouse.Embedded.Tests.Confinement;

/// <summary>
/// The engine's own list of settings against ours: one that is named like a file, an address, a store, a user, and so on, is either constant or on a list of those
/// that were looked at and name none. A new release of the engine that brings another fails here.
/// </summary>
[Collection("engine")]
public sealed partial class ConstantSettingsTests(EngineFixture engine)
{
    [Fact]
    public async Task Settings_ThatSoundLikeAWayOut_AreConstantOrReviewed()
    {
        var harmless = (await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "harmless-settings.txt"))).Where(line => line.Length > 0 && line[0] != '#').ToHashSet();
        var settings = (await engine.ReadAsync("SELECT name, type, readonly, alias_for FROM system.settings")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
        var constant = EngineConfiguration.ConstantSettings.Where(name => !name.StartsWith("merge_tree_", StringComparison.Ordinal)).ToHashSet();
        var unknown = settings
            .Where(s => (Telling().IsMatch(s[0]) || s[1] is "String" or "URI" or "Map") && !constant.Contains(s[0]) && !constant.Contains(s[3]) && !harmless.Contains(s[0]))
            .Select(s => s[0]);
        Assert.Equal([], unknown);
        // Both lists hold names of this engine only, and each in one of them.
        var names = settings.Select(s => s[0]).ToHashSet();
        Assert.Equal([], constant.Concat(harmless).Where(name => !names.Contains(name)));
        Assert.Equal([], constant.Intersect(harmless));
        // The engine itself says that they are.
        Assert.Equal([], settings.Where(s => constant.Contains(s[0]) && s[2] != "1").Select(s => s[0]));
    }

    [Theory]
    [InlineData("url_base", "'http://127.0.0.1/'")]
    [InlineData("format_schema", "'/etc/passwd:a'")]
    [InlineData("output_format_schema", "'x'")]
    [InlineData("format_template_row", "'x'")]
    [InlineData("format_avro_schema_registry_url", "'http://127.0.0.1/'")]
    [InlineData("dialect", "'kusto'")]
    [InlineData("http_max_tries", "10")]
    [InlineData("allow_introspection_functions", "1")]
    public async Task Constant_Set_IsRefusedForTheWriterToo(string name, string value)
    {
        foreach (var statement in (string[])[$"SELECT 1 SETTINGS {name} = {value}", $"SET {name} = {value}"])
        {
            using var answer = await engine.SendAsync("/", System.Text.Encoding.UTF8.GetBytes(statement), ("X-ClickHouse-User", "writer"), ("X-ClickHouse-Key", EngineFixture.Password));
            Assert.False(answer.IsSuccessStatusCode);
        }
    }

    [Theory]
    [InlineData("disk = disk(type = local, path = '/tmp/')")]
    [InlineData("disk = 'default'")]
    [InlineData("storage_policy = 'other'")]
    public async Task Table_WithAPlaceOfItsOwn_IsRefused(string setting)
    {
        var table = EngineFixture.Table();
        var sql = $"CREATE TABLE {table} (a Int32) ENGINE = MergeTree ORDER BY a SETTINGS {setting}";
        using var answer = await engine.SendAsync("/", System.Text.Encoding.UTF8.GetBytes(sql), ("X-ClickHouse-User", "writer"), ("X-ClickHouse-Key", EngineFixture.Password));
        Assert.False(answer.IsSuccessStatusCode);
        Assert.Equal("0\n", await engine.ReadAsync($"EXISTS TABLE {table}"));
    }

    [Theory]
    [InlineData("max_execution_time = 3601")]
    [InlineData("max_execution_time = 100000")]
    [InlineData("max_memory_usage = 0")]
    public async Task Limit_BeyondItsRange_IsRefused(string setting)
    {
        using var answer = await engine.SendAsync("/", System.Text.Encoding.UTF8.GetBytes($"SELECT 1 SETTINGS {setting}"));
        Assert.StartsWith("Code: 452.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>What the loader, the doors and common clients set.</summary>
    [Theory]
    [InlineData("insert_deduplication_token = 'a'")]
    [InlineData("async_insert = 0")]
    [InlineData("session_timezone = 'Europe/Berlin'")]
    [InlineData("max_execution_time = 60")]
    [InlineData("max_block_size = 1000")]
    [InlineData("output_format_json_quote_64bit_integers = 1")]
    [InlineData("input_format_skip_unknown_fields = 1")]
    [InlineData("date_time_input_format = 'best_effort'")]
    [InlineData("join_use_nulls = 1")]
    [InlineData("log_comment = 'x'")]
    public async Task Setting_ThatClientsSend_CanBeSet(string setting) => Assert.Equal("1\n", await engine.ReadAsync($"SELECT 1 SETTINGS {setting}"));

    // Words of a name, between underscores.
    [GeneratedRegex("(?:^|_)(?:path|url|uri|file|filename|filesystem|dir|directory|folder|schema|template|registry|storage|disk|volume|collection|log|logging|catalog|host|user|role|secret|credential|command|script|password|token|proxy|server|remote|s3|azure|hdfs|gcs|kafka|nats|rabbitmq|http|ssh|ssl|tls|library|dictionary|executable|delta|iceberg|hive|paimon|ai|backup|restore|mongodb|redis|mysql|postgresql|odbc|jdbc|external|sqlite|rocksdb|zookeeper|keeper|profile|trace|introspection|wasm|udf|connection|connect|send|cache|definer|security|temporary|ddl|function|engine|codec|perf|jemalloc|model|workload|dialect)s?(?:_|$)|^allow_(?:experimental|suspicious)")]
    private static partial Regex Telling();
}
