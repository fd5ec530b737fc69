namespace Tidemark.EndToEnd.Tests.Product;

/// <summary>.NET's hosts watch their content root for changed configuration, with all folders below: a data folder there would wake them at every file of every part.</summary>
[Collection(nameof(RunningProduct))]
public sealed class WatchTests(RunningProduct product)
{
    [SkippableFact]
    public void No_process_of_the_product_watches_files()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "watches are counted in /proc: run it on Linux");
        int[] processes = [.. product.Process.Processes().Select(static process => process.Id)];
        Assert.True(processes.Length >= 2);
        Assert.All(processes, id => Assert.Empty(WatchesOf(id)));
    }

    private static List<string> WatchesOf(int process)
    {
        var watches = new List<string>();
        foreach (var descriptor in Directory.GetFiles($"/proc/{process}/fdinfo"))
        {
            try
            {
                watches.AddRange(File.ReadAllLines(descriptor).Where(static line => line.StartsWith("inotify ", StringComparison.Ordinal)));
            }
            catch (IOException)
            {
                // Closed meanwhile.
            }
        }
        return watches;
    }
}
