using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>Data folders that nothing runs on: imports into them and questions about them, by the commands.</summary>
internal static class ImportedData
{
    internal static async Task<string> AskAsync(string data, string query)
    {
        var rows = await LocalCommand.RunAsync("sql", query, "--format", "TSVRaw", "--data", data);
        Assert.True(rows.Status == 0, rows.Error);
        return rows.Out;
    }

    /// <summary>Imports a file into the folder and returns the hash of all sessions in it.</summary>
    internal static async Task<string> HashAfterAsync(string data, string file, params string[] options)
    {
        var import = await LocalCommand.RunAsync(["import", file, .. options, "--data", data]);
        Assert.True(import.Status == 0, import.Out + import.Error);
        return SessionSet.HashOf(await AskAsync(data, SessionSet.Query));
    }
}
