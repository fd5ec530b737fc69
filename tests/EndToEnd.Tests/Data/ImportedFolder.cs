using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.EndToEnd.Tests.Data;

/// <summary>A data folder that files are imported into and that is asked afterwards, both by the command, with nothing running on it.</summary>
internal static class ImportedFolder
{
    /// <summary>The answer of <c>sql</c> on a data folder that nothing runs on.</summary>
    internal static async Task<string> AskAsync(string data, string query)
    {
        var rows = await Shell.LocalAsync("sql", query, "--format", "TSVRaw", "--data", data);
        Assert.True(rows.Status == 0, rows.Error);
        return rows.Out;
    }

    /// <summary>Imports a file into the folder and returns the hash of all sessions in it.</summary>
    internal static async Task<string> ImportedAsync(string data, string file, params string[] options)
    {
        var import = await Shell.LocalAsync(["import", file, .. options, "--data", data]);
        Assert.True(import.Status == 0, import.Out + import.Error);
        return SessionSet.HashOf(await AskAsync(data, SessionSet.Query));
    }
}
