using System.Text.RegularExpressions;

namespace Tidemark.Deploy.Tests.ClickHouse;

/// <summary>
/// deploy/clickhouse/config in ClickHouse's engine. The engine knows one user, "default", and no server's ports: so a user of the file takes that name, and its
/// profile, constraints, grants and networks are the file's.
/// </summary>
internal static partial class ServerConfiguration
{
    /// <summary>Answers or errors of the statements, run as that user of users.xml on the data in the folder.</summary>
    internal static async Task<string[]> RunAsync(TemporaryFolder folder, string user, params string[] statements)
    {
        var server = RepositoryFolder.Read("deploy", "clickhouse", "config", "server.xml").Replace("/var/lib/clickhouse/", folder.Path + "/data/", StringComparison.Ordinal);
        var users = RepositoryFolder.Read("deploy", "clickhouse", "config", "users.xml");
        if (user != "default")
        {
            var block = Regex.Match(users, $"<users>.*<{user}>(.*?)</{user}>", RegexOptions.Singleline).Groups[1].Value;
            users = AllUsers().Replace(users, $"<users><default>{Digest().Replace(block, "<password></password>")}</default></users>");
        }
        await File.WriteAllTextAsync(folder["server.xml"], Directories().Replace(server, $"<users_config>{folder["users.xml"]}</users_config>"));
        await File.WriteAllTextAsync(folder["users.xml"], users);
        var (status, output, error) = await Shell.RunAsync(
            "dotnet",
            [typeof(ServerConfiguration).Assembly.Location, "engine", folder.Path],
            environment: [new("CLICKHOUSE_WRITER_SHA256", new string('a', 64)), new("CLICKHOUSE_READER_SHA256", new string('b', 64))],
            input: string.Join('\0', statements));
        Assert.True(status == 0, error);
        return output.TrimEnd('\0').Split('\0');
    }

    [GeneratedRegex("<users>.*</users>", RegexOptions.Singleline)]
    private static partial Regex AllUsers();

    [GeneratedRegex("<password_sha256_hex[^>]*/>")]
    private static partial Regex Digest();

    [GeneratedRegex("<user_directories>.*</user_directories>", RegexOptions.Singleline)]
    private static partial Regex Directories();
}
