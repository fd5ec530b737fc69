using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Tidemark.ClickHouse.Embedded;

/// <summary>
/// The child's tie to its parent: standard input. Its first line is the writer's password; after that nothing comes, and the system closes the other end
/// when the parent ends in whatever way.
/// </summary>
internal static partial class ParentPipe
{
    // A password is far shorter; a parent that sends no line end is a mistake.
    const int MaxPasswordBytes = 64 << 10;

    /// <summary>
    /// The password, or null when the line is empty or there is none: nobody can write then. To be read before the engine is open, which could read standard
    /// input too, and not a byte further.
    /// </summary>
    public static string? ReadPassword()
    {
        using var input = Console.OpenStandardInput();
        var line = new List<byte>();
        var one = new byte[1];
        while (line.Count < MaxPasswordBytes && input.Read(one) == 1 && one[0] != '\n')
            line.Add(one[0]);
        return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
    }

    /// <summary>
    /// Cancels <paramref name="stop"/> when standard input ends, and leaves the process if that takes longer than a drain and a bit; at once when the parent is not there any more: nobody
    /// waits for answers then, and the parent's successor does for the folder.
    /// </summary>
    public static void Watch(CancellationTokenSource stop, TimeSpan drain)
    {
        var input = Console.OpenStandardInput();
        var parent = getppid();
        var thread = new Thread(() =>
        {
            Span<byte> ignored = stackalloc byte[64];
            try
            {
                while (input.Read(ignored) > 0)
                {
                }
            }
            catch (IOException)
            {
                // As good as its end.
            }

            // The drain's work is not this thread's: it looks whether the parent is there.
            _ = Task.Run(stop.Cancel);
            var ended = Stopwatch.GetTimestamp();
            while (getppid() == parent && Stopwatch.GetElapsedTime(ended) < drain + drain + TimeSpan.FromSeconds(1))
                Thread.Sleep(5);
            LeaveNow(1);
        })
        { IsBackground = true, Name = "parent" };
        thread.Start();
    }

    /// <summary>Ends the process without running destructors, which abort when a query still runs.</summary>
    public static void LeaveNow(int status) => _exit(status);

    [LibraryImport("libc")]
    private static partial void _exit(int status);

    [LibraryImport("libc")]
    private static partial int getppid();
}
