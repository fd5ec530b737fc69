using System.Runtime.InteropServices;

namespace Tidemark.Local.Sql;

/// <summary>
/// Leaves the process at once with a status. The engine in this process may not close in good order after a refused query, and would then end the process itself,
/// with status 0; it has nothing unwritten after a query of the read-only user.
/// </summary>
internal static partial class ProcessEnd
{
    public static void Now(int status)
    {
        Console.Out.Flush();
        Console.Error.Flush();
        Exit(status);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int status);
}
