using System.Globalization;

namespace Tidemark.ClickHouse.Embedded.Tests.Confinement;

/// <summary>Ways out of the engine's folder, each by a statement that nothing but the confinement refuses.</summary>
public sealed class EscapeTests(UnguardedEngine engine) : IClassFixture<UnguardedEngine>
{
    [SkippableTheory]
    [InlineData("SELECT file('{secret}')")]
    [InlineData("SELECT file('{inside}/../../../{secret}')")]
    [InlineData("SELECT file('/proc/self/root{secret}')")]
    [InlineData("SELECT * FROM file('{secret}', 'LineAsString')")]
    [InlineData("DESCRIBE TABLE file('{secret}')")]
    [InlineData("SELECT * FROM sqlite('{secret}', 'a')")]
    [InlineData("SELECT a FROM format(Protobuf, 'x', 'aa') SETTINGS format_schema = '{secret}:a'")]
    [InlineData("SELECT 1 FORMAT Template SETTINGS format_template_row = '{secret}'")]
    [InlineData("SELECT 1 FORMAT Template SETTINGS format_template_resultset = '{secret}'")]
    [InlineData("SELECT 1 AS a FORMAT Protobuf SETTINGS output_format_schema = '{folder}/x.proto'")]
    [InlineData("SELECT 1 INTO OUTFILE '{folder}/x'")]
    [InlineData("SELECT 1 INTO OUTFILE '{secret}' TRUNCATE")]
    [InlineData("SELECT 1 INTO OUTFILE '{secret}' APPEND")]
    [InlineData("INSERT INTO FUNCTION file('{folder}/x', 'CSV', 'a Int32') SELECT 1")]
    [InlineData("INSERT INTO FUNCTION file('{secret}', 'CSV', 'a Int32') SELECT 1 SETTINGS engine_file_truncate_on_insert = 1")]
    [InlineData("SELECT * FROM format(CSV, 'a Int32', 'x') SETTINGS input_format_allow_errors_num = 1, input_format_record_errors_file_path = '{folder}/x'")]
    [InlineData("CREATE TABLE t1 (a String) ENGINE = File(LineAsString, '{secret}'); SELECT * FROM t1")]
    [InlineData("CREATE TABLE t2 (a String) ENGINE = FileLog('{folder}', 'LineAsString'); SELECT * FROM t2 SETTINGS stream_like_engine_allow_direct_select = 1")]
    [InlineData("CREATE TABLE t3 (a String, b String) ENGINE = EmbeddedRocksDB(0, '{folder}/rocks') PRIMARY KEY a; INSERT INTO t3 SELECT '1', '2'")]
    [InlineData("CREATE TABLE t4 (a Int32) ENGINE = SQLite('{folder}/x.db', 't'); SELECT * FROM t4")]
    [InlineData("CREATE TABLE t5 (a Int32) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local, path = '{folder}/disk/')")]
    [InlineData("CREATE TABLE t6 (a Int32) ENGINE = Log; BACKUP TABLE t6 TO File('{folder}/backup')")]
    [InlineData("BACKUP DATABASE tidemark TO Disk('default', '../../../{folder}/backup')")]
    [InlineData("CREATE DATABASE d1 ENGINE = Filesystem('{folder}'); SELECT * FROM d1.secret")]
    [InlineData("CREATE DATABASE d2 ENGINE = SQLite('{folder}/x.db'); SHOW TABLES FROM d2")]
    [InlineData("SELECT file('/etc/passwd')")]
    [InlineData("SELECT file('/proc/self/environ')")]
    [InlineData("SELECT file('/proc/1/environ')")]
    [InlineData("SELECT file('/proc/{parent}/environ')")]
    [InlineData("SELECT file('/proc/{parent}/maps')")]
    [InlineData("SELECT file('/proc/self/mem')")]
    [InlineData("SELECT * FROM url('http://127.0.0.1:{port}/', 'CSV', 'a String')")]
    [InlineData("SELECT * FROM urlCluster('default', 'http://127.0.0.1:{port}/', 'CSV', 'a String')")]
    [InlineData("INSERT INTO FUNCTION url('http://127.0.0.1:{port}/', 'CSV', 'a Int32') SELECT 1")]
    [InlineData("CREATE TABLE u1 (a String) ENGINE = URL('http://127.0.0.1:{port}/', 'CSV'); SELECT * FROM u1")]
    [InlineData("SELECT * FROM remote('127.0.0.1:{port}', system.one)")]
    [InlineData("SELECT * FROM remoteSecure('127.0.0.1:{port}', system.one)")]
    [InlineData("SELECT * FROM s3('http://127.0.0.1:{port}/b/k', NOSIGN, 'CSV', 'a String')")]
    [InlineData("SELECT * FROM mysql('127.0.0.1:{port}', 'd', 't', 'u', 'p')")]
    [InlineData("SELECT * FROM postgresql('127.0.0.1:{port}', 'd', 't', 'u', 'p')")]
    [InlineData("SELECT * FROM mongodb('127.0.0.1:{port}', 'd', 't', 'u', 'p', 'a Int32')")]
    [InlineData("SELECT * FROM redis('127.0.0.1:{port}', 'a', 'a String, b String')")]
    [InlineData("SELECT * FROM format(AvroConfluent, 'a Int32', unhex('0000000001')) SETTINGS format_avro_schema_registry_url = 'http://127.0.0.1:{port}'")]
    [InlineData("BACKUP DATABASE tidemark TO S3('http://127.0.0.1:{port}/b/k', 'a', 'b')")]
    [InlineData("CREATE DICTIONARY h1 (a UInt64, b String) PRIMARY KEY a SOURCE(HTTP(URL 'http://127.0.0.1:{port}/' FORMAT CSV)) LAYOUT(FLAT()) LIFETIME(0); SELECT dictGet('h1', 'b', toUInt64(1))")]
    [InlineData("CREATE DICTIONARY h2 (a UInt64, b String) PRIMARY KEY a SOURCE(FILE(PATH '{secret}' FORMAT CSV)) LAYOUT(FLAT()) LIFETIME(0); SELECT dictGet('h2', 'b', toUInt64(1))")]
    [InlineData("CREATE DICTIONARY h3 (a UInt64, b String) PRIMARY KEY a SOURCE(EXECUTABLE(COMMAND 'echo 1,{text} && touch {folder}/x' FORMAT CSV)) LAYOUT(FLAT()) LIFETIME(0); SELECT dictGet('h3', 'b', toUInt64(1))")]
    [InlineData("CREATE DICTIONARY h4 (a UInt64, b String) PRIMARY KEY a SOURCE(CLICKHOUSE(HOST '127.0.0.1' PORT {port} TABLE 'x')) LAYOUT(FLAT()) LIFETIME(0); SELECT dictGet('h4', 'b', toUInt64(1))")]
    [InlineData("SELECT * FROM executable('cat {secret}', 'LineAsString', 'a String')")]
    public async Task Statement_ReachingOutside_IsRefusedByTheSystem(string statements)
    {
        Canary.NeedsKernel();
        using var canary = new Canary();
        var answers = "";
        var status = 0;
        foreach (var statement in Filled(statements, canary).Split("; "))
        {
            (status, var text) = await engine.TryAsync(statement);
            // The statement itself comes back in errors: what it names is no find.
            answers += text.Replace($"echo 1,{canary.Text}", "", StringComparison.Ordinal);
        }

        canary.AssertUntouched(answers);
        Assert.DoesNotContain("root:", answers, StringComparison.Ordinal);
        Assert.True(status != 200, answers);
        Assert.Equal("1\n", await engine.RunAsync("SELECT 1"));
    }

    /// <summary>That a path is there, and how large, is no right that the system could take (stat); what is in a folder is.</summary>
    [SkippableTheory]
    [InlineData("SELECT * FROM file('{folder}/*', 'LineAsString')")]
    [InlineData("SELECT * FROM file('{folder}/**', 'One')")]
    [InlineData("SELECT * FROM filesystem('{folder}')")]
    public async Task Statement_LookingIntoAFolder_FindsNothing(string statement)
    {
        Canary.NeedsKernel();
        using var canary = new Canary();
        var (_, text) = await engine.TryAsync(statement.Replace("{folder}", canary.Folder, StringComparison.Ordinal));
        canary.AssertUntouched(text);
        Assert.DoesNotContain("/secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\tsecret", text, StringComparison.Ordinal);
    }

    /// <summary>The process may look at its own threads; nothing there is a secret, and its memory is not there to be read.</summary>
    [SkippableFact]
    public async Task OwnThreads_Read_TellNoSecret()
    {
        Canary.NeedsKernel();
        var thread = $"/proc/self/task/{engine.Process.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        foreach (var entry in Directory.GetFiles($"/proc/{engine.Process.ProcessId.ToString(CultureInfo.InvariantCulture)}/task/{engine.Process.ProcessId.ToString(CultureInfo.InvariantCulture)}").Select(Path.GetFileName).Where(name => name is not ("mem" or "pagemap")))
        {
            var (_, text) = await engine.TryAsync($"SELECT file('{thread}/{entry}')");
            Assert.DoesNotContain(EngineFixture.Password, text, StringComparison.Ordinal);
        }

        foreach (var statement in (string[])[
            $"SELECT file('{thread}/mem')", $"SELECT * FROM file('{thread}/mem', 'RawBLOB')", $"SELECT * FROM file('{thread}/mem', 'LineAsString') SETTINGS storage_file_read_method = 'read'",
            $"SELECT * FROM file('{thread}/mem', 'LineAsString') SETTINGS storage_file_read_method = 'mmap'", $"SELECT * FROM file('{thread}/mem', 'Parquet', 'a String')"])
        {
            // Refused, or nothing: there is no memory at its beginning.
            var (status, text) = await engine.TryAsync(statement);
            Assert.True(status != 200 || text.Trim().Length == 0, statement);
        }

        Assert.NotEqual(200, (await engine.TryAsync($"SELECT file('{thread}/root/etc/passwd')")).Status);
        Assert.NotEqual(200, (await engine.TryAsync($"SELECT 1 INTO OUTFILE '{thread}/comm' TRUNCATE")).Status);
    }

    /// <summary>Links inside the folder lead nowhere, whoever made them.</summary>
    [SkippableFact]
    public async Task Link_InsideTheFolder_LeadsNowhere()
    {
        Canary.NeedsKernel();
        using var canary = new Canary();
        var folder = Directory.CreateDirectory(Path.Combine(engine.DataPath, "user_files")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "to-file"), canary.Secret);
        Directory.CreateSymbolicLink(Path.Combine(folder, "to-folder"), canary.Folder);
        foreach (var path in (string[])["to-file", "to-folder/secret", "to-folder/../secret"])
        {
            var (status, text) = await engine.TryAsync($"SELECT file('{folder}/{path}')");
            Assert.NotEqual(200, status);
            canary.AssertUntouched(text);
        }

        var (written, answer) = await engine.TryAsync($"SELECT 1 INTO OUTFILE '{folder}/to-folder/x'");
        Assert.NotEqual(200, written);
        canary.AssertUntouched(answer);
    }

    /// <summary>Everything that is open can be named by its number: none of it is memory that holds code, and the process lives through all of it.</summary>
    [SkippableFact]
    public async Task Descriptors_Written_DoNotEndTheProcess()
    {
        Canary.NeedsKernel();
        var process = engine.Process.ProcessId;
        Assert.DoesNotContain("memfd", await File.ReadAllTextAsync($"/proc/{process}/maps"), StringComparison.Ordinal);
        var descriptors = Directory.GetFileSystemEntries($"/proc/{process}/fd")
            .Where(path => (new FileInfo(path).LinkTarget ?? "pipe:").StartsWith('/'))
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).ToList();
        Assert.NotEmpty(descriptors);
        foreach (var descriptor in descriptors)
            await engine.TryAsync($"INSERT INTO FUNCTION file('/proc/self/fd/{descriptor}', 'RawBLOB', 'a String') SELECT repeat('x', 100)");
        Assert.Equal("1\n", await engine.RunAsync("SELECT 1"));
        Assert.Equal((process, 0), (engine.Process.ProcessId, engine.Process.Restarts));
    }

    /// <summary>The configuration is read only for the process that goes by it.</summary>
    [SkippableFact]
    public async Task Configuration_OverwrittenBySql_StaysAsItWas()
    {
        Canary.NeedsKernel();
        foreach (var file in Directory.GetFiles(engine.ConfigurationPath))
        {
            var before = await File.ReadAllTextAsync(file);
            Assert.NotEqual(200, (await engine.TryAsync($"SELECT 1 INTO OUTFILE '{file}' TRUNCATE")).Status);
            Assert.NotEqual(200, (await engine.TryAsync($"SELECT 1 INTO OUTFILE '{file}.new'")).Status);
            Assert.Equal(before, await File.ReadAllTextAsync(file));
        }

        Assert.Equal(2, Directory.GetFiles(engine.ConfigurationPath).Length);
    }

    string Filled(string statements, Canary canary) => statements
        .Replace("{secret}", canary.Secret, StringComparison.Ordinal)
        .Replace("{folder}", canary.Folder, StringComparison.Ordinal)
        .Replace("{text}", canary.Text, StringComparison.Ordinal)
        .Replace("{inside}", engine.DataPath, StringComparison.Ordinal)
        .Replace("{parent}", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{port}", canary.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
