using Tidemark.Aggregator.Migrations;

namespace Tidemark.Deploy.Tests.ClickHouse;

public sealed class ServerConfigurationTests
{
    private static readonly string[] Schema =
    [
        "CREATE DATABASE IF NOT EXISTS tidemark", "USE tidemark",
        .. SqlFile.Migrations().SelectMany(file => SqlStatements.Of(file.Text)),
        .. SqlFile.Comments().SelectMany(file => SqlStatements.Of(file.Text)),
        // A view may use another: the second time all are there.
        .. SqlFile.Analytics().SelectMany(file => SqlStatements.Of(file.Text)),
        .. SqlFile.Analytics().SelectMany(file => SqlStatements.Of(file.Text)),
    ];

    [Fact]
    public async Task The_files_are_taken_with_three_users_and_their_passwords_from_the_environment()
    {
        using var folder = new TemporaryFolder();
        var answers = await ServerConfiguration.RunAsync(
            folder,
            "default",
            "SELECT name, auth_type[1] FROM system.users ORDER BY name",
            "SELECT name FROM system.merge_tree_settings WHERE changed ORDER BY name",
            "SELECT host_ip, host_names FROM system.users WHERE name = 'default'");
        Assert.Equal("default\tplaintext_password\nreader\tsha256_password\nwriter\tsha256_password", answers[0]);
        Assert.Equal("fsync_after_insert\nfsync_part_directory\nmin_parts_to_merge_at_once", answers[1]);
        Assert.Equal("[]\t['localhost']", answers[2]);
    }

    [Fact]
    public async Task The_writer_can_do_all_that_the_aggregator_does_and_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        string[] loading =
        [
            "INSERT INTO events (project, visitor_id, occurred_at, received_at, kind) VALUES ('p', 'v', now64(3), now64(3), 'page')",
            "SELECT sum(events) FROM events_hour",
            "SELECT count() FROM system.processes WHERE query_kind = 'Insert' AND current_database = currentDatabase() AND NOT is_cancelled",
            "SELECT count() > 20 FROM system.tables WHERE database = 'tidemark'",
        ];
        string[] beside = ["CREATE DATABASE other", "CREATE USER other", "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')", "SELECT * FROM file('/etc/passwd', 'LineAsString')", "SYSTEM SHUTDOWN"];
        var answers = await ServerConfiguration.RunAsync(folder, "writer", [.. Schema, .. loading, .. beside]);
        var views = SqlFile.Analytics().Sum(file => SqlStatements.Of(file.Text).Count);
        Assert.All(answers[..(Schema.Length - 2 * views)].Concat(answers[(Schema.Length - views)..Schema.Length]), Assert.Empty);
        Assert.Equal(["", "1", "0", "1"], answers[Schema.Length..(Schema.Length + loading.Length)]);
        Assert.All(answers[^beside.Length..], answer => Assert.Contains("ACCESS_DENIED", answer, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_reader_reads_within_limits_that_it_cannot_lift()
    {
        using var folder = new TemporaryFolder();
        await ServerConfiguration.RunAsync(folder, "writer", Schema);
        (string Statement, string Answer)[] cases =
        [
            ("SELECT count() FROM tidemark.sessions", "0"),
            ("SELECT count() FROM tidemark.events", "0"),
            ("SELECT count() > 0 FROM system.columns WHERE database = 'tidemark'", "1"),
            ("SELECT position(formatRow('JSONEachRow', 7::UInt64 AS a), '\"7\"') > 0", "1"),
            ("SET max_block_size = 1000", ""),
            ("SET max_memory_usage = 1000000000", ""),
            ("SET max_execution_time = 120", ""),
            ("SET max_memory_usage = 0", "SETTING_CONSTRAINT_VIOLATION"),
            ("SET max_memory_usage = 9000000000", "SETTING_CONSTRAINT_VIOLATION"),
            ("SET max_execution_time = 0", "SETTING_CONSTRAINT_VIOLATION"),
            ("SET max_memory_usage_for_user = 0", "SETTING_CONSTRAINT_VIOLATION"),
            ("SET readonly = 0", "READONLY"),
            ("INSERT INTO tidemark.events (project) VALUES ('p')", "ACCESS_DENIED"),
            ("DROP TABLE tidemark.events", "ACCESS_DENIED"),
            ("CREATE TABLE tidemark.t (a Int8) ENGINE = Memory", "ACCESS_DENIED"),
            ("SELECT * FROM file('/etc/passwd', 'LineAsString')", "ACCESS_DENIED"),
            ("SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')", "ACCESS_DENIED"),
            ("SELECT count() FROM system.users", "ACCESS_DENIED"),
        ];
        var answers = await ServerConfiguration.RunAsync(folder, "reader", [.. cases.Select(c => c.Statement)]);
        Assert.All(cases.Zip(answers), pair =>
        {
            if (pair.First.Answer is { Length: > 1 } code)
                Assert.EndsWith($"({code})", pair.Second, StringComparison.Ordinal);
            else
                Assert.Equal(pair.First.Answer, pair.Second);
        });
    }

    [Fact]
    public async Task The_start_hands_over_digests_of_the_passwords_and_not_the_passwords()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["secrets/writer"]);
        Directory.CreateDirectory(folder["secrets/reader"]);
        // prepare.sh ends the file with a line break, which is no part of the password.
        await File.WriteAllTextAsync(folder["secrets/writer/password"], "secret one\n");
        await File.WriteAllTextAsync(folder["secrets/reader/password"], "secret two\n");
        folder.Script("server", "#!/bin/sh\nenv\necho \"arguments: $*\"\n");
        var (status, output, error) = await Shell.RunAsync(
            "bash",
            [RepositoryFolder.PathOf("deploy", "clickhouse", "config", "start.sh")],
            environment: [new("SECRETS_DIR", folder["secrets"]), new("CLICKHOUSE_SERVER", folder["server"])]);
        Assert.True(status == 0, error);
        Assert.Contains("CLICKHOUSE_WRITER_SHA256=" + Digest("secret one"), output, StringComparison.Ordinal);
        Assert.Contains("CLICKHOUSE_READER_SHA256=" + Digest("secret two"), output, StringComparison.Ordinal);
        Assert.Contains("arguments: --config-file=" + RepositoryFolder.PathOf("deploy", "clickhouse", "config", "server.xml"), output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret one", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ports_are_those_that_the_compose_file_uses()
    {
        var server = RepositoryFolder.Read("deploy", "clickhouse", "config", "server.xml");
        Assert.Contains("<http_port>8123</http_port>", server, StringComparison.Ordinal);
        Assert.Equal("http://clickhouse:8123/", Compose.ComposeFile.Default.Services["aggregator"].Environment["Aggregator__ClickHouseUrl"]);
        Assert.Contains("127.0.0.1:8123/ping", Compose.ComposeFile.Default.Services["clickhouse"].Healthcheck!.Test[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_is_of_the_engine_s_version_line()
    {
        var package = RepositoryFolder.Read("services", "ClickHouse.Embedded", "engine", "package.json");
        var line = System.Text.RegularExpressions.Regex.Match(package, """lib-linux-x64-gnu": "([0-9]+\.[0-9]+)\.""").Groups[1].Value;
        Assert.StartsWith($"clickhouse/clickhouse-server:{line}.", Compose.ComposeFile.Default.Services["clickhouse"].Image, StringComparison.Ordinal);
    }

    private static string Digest(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
