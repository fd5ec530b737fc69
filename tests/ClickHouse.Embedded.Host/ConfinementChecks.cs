using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tidemark.ClickHouse.Embedded.Confinement;

namespace Tidemark.ClickHouse.Embedded.Host;

/// <summary>
/// Does what SQL has no words for, in a process that is confined as the engine's is: prints the state, then a line per attempt, "name: went" or "name: refused".
/// </summary>
internal static class ConfinementChecks
{
    /// <param name="options">Of an engine; it is not opened.</param>
    /// <param name="secret">A file outside of its folder.</param>
    /// <param name="port">Somebody listens there.</param>
    public static int Run(EngineOptions options, string secret, int port)
    {
        using var folder = FirstStage.Enter(options);
        // Both made before the filter, as a socket is that the engine might have left open. One each: a socket that failed asks for a fresh one.
        using var early = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Say("TCP by Landlock", () => early.Connect(IPAddress.Loopback, port));
        Console.WriteLine(SecondStage.Confine());
        Say("file", () => File.ReadAllText(secret));
        Say("folder", () => Directory.GetFileSystemEntries(Path.GetDirectoryName(secret)!));
        Say("overwrite", () => File.WriteAllText(secret, ""));
        Say("new file", () => File.WriteAllText(secret + ".new", ""));
        Say("link", () => File.ReadAllText(File.CreateSymbolicLink(Path.Combine(options.DataPath, "link"), secret).FullName));
        Say("environment", () => File.ReadAllText("/proc/self/environ"));
        Say("memory", () => File.OpenWrite("/proc/self/mem").Dispose());
        Say("parent's environment", () => File.ReadAllText($"/proc/{Environment.ProcessId}/environ"));
        Say("configuration", () => File.WriteAllText(Path.Combine(options.DataPath + "-config", "tidemark-users.xml"), ""));
        Say("program", () => Process.Start("/bin/true").Dispose());
        Say("TCP", () => late.Connect(IPAddress.Loopback, port));
        Say("socket", () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp).Dispose());
        Say("UDP", () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp).Dispose());
        Say("socket file", () => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified).Dispose());
        Say("raw socket", () => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp).Dispose());
        // What the engine needs still goes.
        Say("own file", () => File.WriteAllText(Path.Combine(options.DataPath, "own"), ""));
        Say("own folder", () => Directory.Move(Directory.CreateDirectory(Path.Combine(options.DataPath, "a", "b")).FullName, Path.Combine(options.DataPath, "c")));
        Say("thread", () => Run(new Thread(static () => { })));
        Say("configuration read", () => File.ReadAllText(Path.Combine(options.DataPath + "-config", "tidemark-users.xml")));
        return 0;
    }

    static void Run(Thread thread)
    {
        thread.Start();
        thread.Join();
    }

    static void Say(string name, Action attempt)
    {
        try
        {
            attempt();
            Console.WriteLine($"{name}: went");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or System.ComponentModel.Win32Exception)
        {
            Console.WriteLine($"{name}: refused");
        }
    }
}
