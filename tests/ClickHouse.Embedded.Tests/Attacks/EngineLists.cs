namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>The names that the running engine has: what its next release brings is attacked without anybody thinking of it.</summary>
internal sealed record EngineLists
{
    public required string[] TableFunctions { get; init; }
    public required string[] TableEngines { get; init; }
    public required string[] DatabaseEngines { get; init; }
    public required string[] DictionarySources { get; init; }
    public required string[] DictionaryLayouts { get; init; }
    public required string[] DiskTypes { get; init; }
    public required string[] InputFormats { get; init; }
    public required string[] OutputFormats { get; init; }
    public required string[] Functions { get; init; }
    public required string[] SystemTables { get; init; }

    /// <summary>Name and type.</summary>
    public required (string Name, string Type)[] Settings { get; init; }

    public required (string Name, string Type)[] MergeTreeSettings { get; init; }

    public static async Task<EngineLists> ReadAsync(HttpClient http)
    {
        return new EngineLists
        {
            TableFunctions = await NamesAsync("system.table_functions"),
            TableEngines = await NamesAsync("system.table_engines"),
            DatabaseEngines = await NamesAsync("system.database_engines"),
            DictionarySources = await NamesAsync("system.dictionary_sources"),
            DictionaryLayouts = await NamesAsync("system.dictionary_layouts"),
            DiskTypes = await NamesAsync("system.disk_types"),
            InputFormats = await NamesAsync("system.formats WHERE is_input"),
            OutputFormats = await NamesAsync("system.formats WHERE is_output"),
            Functions = await NamesAsync("system.functions WHERE alias_to = ''"),
            SystemTables = await NamesAsync("system.tables WHERE database = 'system'"),
            Settings = await PairsAsync("system.settings"),
            MergeTreeSettings = await PairsAsync("system.merge_tree_settings"),
        };

        async Task<string[]> LinesAsync(string sql)
        {
            using var answer = await http.PostAsync(new Uri("/", UriKind.Relative), new StringContent(sql));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.NotEmpty(lines);
            return lines;
        }

        Task<string[]> NamesAsync(string from) => LinesAsync($"SELECT name FROM {from} ORDER BY name");

        async Task<(string, string)[]> PairsAsync(string from)
            => [.. (await LinesAsync($"SELECT name, type FROM {from} ORDER BY name")).Select(line => line.Split('\t')).Select(pair => (pair[0], pair[1]))];
    }
}
