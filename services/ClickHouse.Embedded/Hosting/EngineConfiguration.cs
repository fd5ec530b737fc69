using System.Globalization;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>
/// The engine's configuration files, written into the data folder at every start. The one user the engine knows is granted
/// everything but the sources (file, url, s3, …) and access management; what the reader may not do is taken by readonly=2.
/// </summary>
internal static class EngineConfiguration
{
    // A constraint needs a minimum too: with max alone 0 passes, which means no limit.
    const string Users = """
        <clickhouse>
          <profiles><default>
            <implicit_select>0</implicit_select>
            <!-- A number of JavaScript has 53 bits: without quotes it changes ids. The default of servers before 25.8; a client may set it to 0. -->
            <output_format_json_quote_64bit_integers>1</output_format_json_quote_64bit_integers>
            <max_memory_usage>{0}</max_memory_usage>
            <constraints><max_memory_usage><min>1</min><max>{0}</max></max_memory_usage></constraints>
          </default></profiles>
          <quotas><default></default></quotas>
          <users><default>
            <password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
            <grants><query>GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE DICTIONARY, CREATE FUNCTION, CREATE TEMPORARY TABLE, DROP, UNDROP TABLE, TRUNCATE, OPTIMIZE, SHOW, KILL QUERY, SYSTEM, dictGet, BACKUP ON *.*</query></grants>
          </default></users>
        </clickhouse>
        """;

    const string Server = """
        <clickhouse>
          <users_config>{0}</users_config>
          <timezone>UTC</timezone>
          <display_name>tidemark</display_name>
          <max_server_memory_usage>{1}</max_server_memory_usage>
          <background_pool_size>{2}</background_pool_size>
          <background_schedule_pool_size>2</background_schedule_pool_size>
          <mark_cache_size>67108864</mark_cache_size>
          <uncompressed_cache_size>0</uncompressed_cache_size>
          <merge_tree>
            <!-- Half of the CPU of a load went into merging the same rows again and again; eight parts at a time are merged once. -->
            <min_parts_to_merge_at_once>8</min_parts_to_merge_at_once>
            <max_bytes_to_merge_at_max_space_in_pool>2147483648</max_bytes_to_merge_at_max_space_in_pool>
            <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
            <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
            <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
          </merge_tree>
        </clickhouse>
        """;

    /// <summary>Writes the files and gives the arguments of a connection.</summary>
    public static string[] Write(EngineServerOptions options)
    {
        var data = Path.GetFullPath(options.DataPath);
        try
        {
            Directory.CreateDirectory(data);
            // Pipes of a process that was killed.
            if (Directory.Exists(PipeFolder(options)))
                Directory.Delete(PipeFolder(options), recursive: true);
            Directory.CreateDirectory(PipeFolder(options));
            var users = Path.Combine(data, "tidemark-users.xml");
            var server = Path.Combine(data, "tidemark-config.xml");
            File.WriteAllText(users, Users.Replace("{0}", Text(options.QueryMemoryBytes), StringComparison.Ordinal));
            File.WriteAllText(server, Server
                .Replace("{0}", Escape(users), StringComparison.Ordinal).Replace("{1}", Text(options.MaxMemoryBytes), StringComparison.Ordinal).Replace("{2}", Text(options.MergeThreads), StringComparison.Ordinal));
            return [$"--path={data}", $"--config-file={server}", "--implicit_select=0"];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.NotWritable(data, e);
        }
    }

    /// <summary>Where answers' pipes are.</summary>
    public static string PipeFolder(EngineServerOptions options) => Path.Combine(Path.GetFullPath(options.DataPath), "tidemark-pipes");

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static string Escape(string path) => System.Security.SecurityElement.Escape(path);
}
