using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Tidemark.Aggregator.Migrations;

/// <summary>One file of <c>deploy/clickhouse</c>, as built into the assembly.</summary>
internal sealed record SqlFile(string Name, string Text)
{
    /// <summary>SHA-256 over the text with line feeds, in lower-case hex.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>Number in front of a migration's name.</summary>
    public int Version => int.Parse(Name.AsSpan(0, 4));

    public static IReadOnlyList<SqlFile> Migrations() => In("clickhouse/migrations/");

    public static IReadOnlyList<SqlFile> Analytics() => In("clickhouse/analytics/");

    /// <summary>The comments of columns, generated from <c>schemas/</c>.</summary>
    public static IReadOnlyList<SqlFile> Comments() => In("clickhouse/comments");

    public static SqlFile Repair(string rollup) => In("clickhouse/repair/").Single(file => file.Name == $"{rollup}.sql");

    private static SqlFile[] In(string folder)
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames()
                .Select(name => name.Replace('\\', '/'))
                .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => new SqlFile(name[folder.Length..], Read(assembly, name))),
        ];
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
