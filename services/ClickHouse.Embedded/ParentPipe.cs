using System.Runtime.InteropServices;

namespace Tidemark.ClickHouse.Embedded;

/// <summary>The child's tie to its parent: standard input, whose other end the system closes when the parent ends in whatever way.</summary>
internal static partial class ParentPipe
{
    /// <summary>Cancels <paramref name="stop"/> when standard input ends, and leaves the process if that takes longer than a drain and a bit.</summary>
    public static void Watch(CancellationTokenSource stop, TimeSpan drain)
    {
        var input = Console.OpenStandardInput();
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

            stop.Cancel();
            Thread.Sleep(drain + drain + TimeSpan.FromSeconds(1));
            LeaveNow(1);
        })
        { IsBackground = true, Name = "parent" };
        thread.Start();
    }

    /// <summary>Ends the process without running destructors, which abort when a query still runs.</summary>
    public static void LeaveNow(int status) => _exit(status);

    [LibraryImport("libc")]
    private static partial void _exit(int status);
}
