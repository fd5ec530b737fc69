using System.Globalization;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>
/// The engine's configuration files, written into a folder of their own at every start. The one user the engine knows is granted
/// everything but the sources (file, url, s3, …) and access management; what the reader may not do is taken by readonly=2.
/// </summary>
internal static class EngineConfiguration
{
    const string UsersFile = "tidemark-users.xml";
    const string ServerFile = "tidemark-config.xml";

    // A constraint needs a minimum too: with max alone 0 passes, which means no limit. What is constant can still be set to the value that it has.
    // Denied connections are not tried again: by default the engine would for two minutes.
    const string Users = """
        <clickhouse>
          <profiles><default>
            <implicit_select>0</implicit_select>
            <!-- A number of JavaScript has 53 bits: without quotes it changes ids. The default of servers before 25.8; a client may set it to 0. -->
            <output_format_json_quote_64bit_integers>1</output_format_json_quote_64bit_integers>
            <max_memory_usage>{memory}</max_memory_usage>
            <http_max_tries>1</http_max_tries>
            <connections_with_failover_max_tries>1</connections_with_failover_max_tries>
            <s3_max_single_read_retries>1</s3_max_single_read_retries>
            <azure_sdk_max_retries>0</azure_sdk_max_retries>
            <format_avro_schema_registry_max_retries>0</format_avro_schema_registry_max_retries>
            <allow_python_table_function>0</allow_python_table_function>
            <allow_introspection_functions>0</allow_introspection_functions>
            <constraints>
              <max_memory_usage><min>1</min><max>{memory}</max></max_memory_usage>
              <max_execution_time><min>0.001</min><max>3600</max></max_execution_time>
              {constant}
            </constraints>
          </default></profiles>
          <quotas><default></default></quotas>
          <users><default>
            <password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
            <grants>{grants}</grants>
          </default></users>
        </clickhouse>
        """;

    // Reading system.models starts another program, the library bridge; merge, loop and another current database name it without its name in the statement.
    static readonly string[] _grants =
    [
        "GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE DICTIONARY, CREATE FUNCTION, CREATE TEMPORARY TABLE, DROP, UNDROP TABLE, TRUNCATE, OPTIMIZE, SHOW, KILL QUERY, SYSTEM, dictGet, BACKUP ON *.*",
        "REVOKE SELECT ON system.models",
    ];

    const string Server = """
        <clickhouse>
          <users_config>{users}</users_config>
          <!-- Every folder that the engine has a setting for lies inside its own. -->
          <tmp_path>{data}/tmp/</tmp_path>
          <user_files_path>{data}/user_files/</user_files_path>
          <user_scripts_path>{data}/user_scripts/</user_scripts_path>
          <user_defined_path>{data}/user_defined/</user_defined_path>
          <format_schema_path>{data}/format_schemas/</format_schema_path>
          <google_protos_path>{data}/google_protos/</google_protos_path>
          <dictionaries_lib_path>{data}/dictionaries_lib/</dictionaries_lib_path>
          <top_level_domains_path>{data}/top_level_domains/</top_level_domains_path>
          <filesystem_caches_path>{data}/caches/</filesystem_caches_path>
          <custom_cached_disks_base_directory>{data}/caches/</custom_cached_disks_base_directory>
          <custom_local_disks_base_directory>{data}/disks/</custom_local_disks_base_directory>
          <access_control_path>{data}/access/</access_control_path>
          <timezone>UTC</timezone>
          <!-- Without it the engine's own tables need no grant, and what is revoked of them is not. -->
          <access_control_improvements><select_from_system_db_requires_grant>true</select_from_system_db_requires_grant></access_control_improvements>
          <display_name>tidemark</display_name>
          <max_server_memory_usage>{memory}</max_server_memory_usage>
          <background_pool_size>{merges}</background_pool_size>
          <background_schedule_pool_size>2</background_schedule_pool_size>
          <mark_cache_size>67108864</mark_cache_size>
          <uncompressed_cache_size>0</uncompressed_cache_size>
          <merge_tree>
            <!-- Half of the CPU of a load went into merging the same rows again and again; eight parts at a time are merged once. -->
            <min_parts_to_merge_at_once>8</min_parts_to_merge_at_once>
            <!-- What a merge was made of stays until its result is on the disk for certain: nothing is synced, and by default the library removes it at once, so that a power cut
                 could take rows that were loaded long ago. As servers have it; a part that is broken at the next start is replaced by those that it was made of. -->
            <old_parts_lifetime>480</old_parts_lifetime>
            <max_bytes_to_merge_at_max_space_in_pool>2147483648</max_bytes_to_merge_at_max_space_in_pool>
            <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
            <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
            <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
          </merge_tree>
        </clickhouse>
        """;

    /// <summary>
    /// Writes the files and empties the folders of what a process that was killed left behind. The caller holds the engine's folder, and may still write
    /// beside it: the confined process only reads its configuration.
    /// </summary>
    public static void Write(EngineOptions options)
    {
        var data = Path.GetFullPath(options.DataPath);
        try
        {
            foreach (var folder in (string[])[PipeFolder(options), SpoolFolder(options)])
            {
                if (Directory.Exists(folder))
                    Directory.Delete(folder, recursive: true);
                DataFolder.Create(folder);
            }

            // Where they were before there was a folder for them.
            File.Delete(Path.Combine(data, UsersFile));
            File.Delete(Path.Combine(data, ServerFile));
            DataFolder.Create(Folder(options));
            var users = Path.Combine(Folder(options), UsersFile);
            File.WriteAllText(users, Users
                .Replace("{memory}", Text(options.QueryMemoryBytes), StringComparison.Ordinal)
                .Replace("{constant}", options.EngineChecks ? string.Concat(ConstantSettings.Select(name => $"<{name}><const/></{name}>")) : "", StringComparison.Ordinal)
                .Replace("{grants}", string.Concat((options.EngineChecks ? _grants : ["GRANT ALL ON *.*"]).Select(static grant => $"<query>{grant}</query>")), StringComparison.Ordinal));
            File.WriteAllText(Path.Combine(Folder(options), ServerFile), Server
                .Replace("{users}", Escape(users), StringComparison.Ordinal)
                .Replace("{data}", Escape(data), StringComparison.Ordinal)
                .Replace("{memory}", Text(options.AllocatedBytes), StringComparison.Ordinal)
                .Replace("{merges}", Text(options.MergeThreads), StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.NotWritable(data, e);
        }
    }

    /// <summary>Settings that nobody changes, from the list beside this file.</summary>
    public static IReadOnlyList<string> ConstantSettings { get; } = ReadConstantSettings();

    /// <summary>The arguments of a connection.</summary>
    public static string[] Arguments(EngineOptions options)
        => [$"--path={Path.GetFullPath(options.DataPath)}", $"--config-file={Path.Combine(Folder(options), ServerFile)}", "--implicit_select=0"];

    /// <summary>Where the configuration is: beside the engine's folder, so that the one can be read only and the other written.</summary>
    public static string Folder(EngineOptions options)
        => options.ConfigurationPath is { Length: > 0 } given ? Path.GetFullPath(given) : Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.DataPath)) + "-config";

    /// <summary>Where answers' pipes are.</summary>
    public static string PipeFolder(EngineOptions options) => Path.Combine(Path.GetFullPath(options.DataPath), "tidemark-pipes");

    /// <summary>Where answers that are waited for are kept when they are large; also the process's folder for temporary files.</summary>
    public static string SpoolFolder(EngineOptions options) => Path.Combine(Path.GetFullPath(options.DataPath), "tidemark-spool");

    static string[] ReadConstantSettings()
    {
        using var list = new StreamReader(typeof(EngineConfiguration).Assembly.GetManifestResourceStream("constant-settings.txt")!);
        return [.. list.ReadToEnd().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static string Escape(string path) => System.Security.SecurityElement.Escape(path);
}
