using System.Globalization;

namespace Tidemark.LoadTests.Product;

/// <summary>What the kernel counts for a process: CPU seconds and the most resident memory so far (Linux).</summary>
internal readonly record struct ProcessFigures(double CpuSeconds, double PeakMiB)
{
    private const double TicksPerSecond = 100;

    internal static ProcessFigures Of(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        var peak = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        var kib = double.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new ProcessFigures(ticks / TicksPerSecond, kib / 1024);
    }

    internal static long FolderBytes(string folder, string pattern = "*") =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles(pattern, SearchOption.AllDirectories).Sum(Length) : 0;

    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
