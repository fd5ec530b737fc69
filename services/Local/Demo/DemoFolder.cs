using Tidemark.Local.Configuration;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Demo;

/// <summary>The demo's own data folder, beside that of the other commands: made-up traffic never mixes with anybody's events.</summary>
internal static class DemoFolder
{
    /// <summary>How long the engine of a demo that was killed a moment ago may take to leave its folder.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static string Default() => DataFolder.Default() + "-demo";

    /// <summary>True when there is data of an earlier run.</summary>
    public static bool HasData(string data) => Directory.Exists(DataFolder.Log(data)) || Directory.Exists(DataFolder.Engine(data));

    /// <summary>True when a demo began with the folder while it was empty, so that nothing in it was there before a demo.</summary>
    public static bool IsMarked(string data) => File.Exists(MarkOf(data));

    public static void Mark(string data) => File.WriteAllText(MarkOf(data), "a demo made the data of this folder; demo --reset empties it\n");

    private static string MarkOf(string data) => Path.Combine(data, "tidemark.demo");

    /// <summary>Takes away what the pipeline wrote, and nothing else. The caller holds the folder's lock.</summary>
    public static async Task EmptyAsync(FolderLock held, string data, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(held);
        foreach (var folder in new[] { DataFolder.Log(data), DataFolder.Engine(data), DataFolder.EngineConfiguration(data), Path.Combine(data, "tmp") })
            await DeleteAsync(folder, cancellation);
    }

    private static async Task DeleteAsync(string folder, CancellationToken cancellation)
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        while (Directory.Exists(folder))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Something went while we looked; look again.
            }
            catch (IOException e) when (System.Diagnostics.Stopwatch.GetElapsedTime(since) >= Patience)
            {
                throw new CommandFailedException($"the demo's folder {Quoted.Text(folder)} cannot be emptied: {Quoted.Text(e.Message)}; delete it, or choose another one with --data");
            }
            catch (IOException)
            {
                await Task.Delay(100, cancellation);
            }
        }
    }
}
