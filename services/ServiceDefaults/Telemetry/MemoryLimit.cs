using System.Globalization;

namespace Tidemark.ServiceDefaults.Telemetry;

/// <summary>The most memory this process may use: the smallest limit of its control groups (version 2, then 1), else what the machine has.</summary>
internal static class MemoryLimit
{
    internal static long Bytes() => Bytes("/sys/fs/cgroup", "/proc/self/cgroup", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    internal static long Bytes(string mount, string membership, long machine)
    {
        var limit = machine;
        foreach (var file in Candidates(mount, membership))
        {
            // "max" is no number: no limit at this level.
            if (Read(file) is { } text && long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0)
                limit = Math.Min(limit, bytes);
        }
        return limit;
    }

    // In a container the group's own folder is the mount; outside, limits of all groups above hold too.
    private static IEnumerable<string> Candidates(string mount, string membership)
    {
        yield return Path.Combine(mount, "memory", "memory.limit_in_bytes");
        yield return Path.Combine(mount, "memory.max");
        var own = Read(membership)?.Split('\n').FirstOrDefault(static line => line.StartsWith("0::/", StringComparison.Ordinal))?[4..];
        for (var group = own; !string.IsNullOrEmpty(group); group = Path.GetDirectoryName(group))
            yield return Path.Combine(mount, group, "memory.max");
    }

    private static string? Read(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
