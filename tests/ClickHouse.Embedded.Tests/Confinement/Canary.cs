using System.Net;
using System.Net.Sockets;
using Tidemark.ClickHouse.Embedded.Confinement;

namespace Tidemark.ClickHouse.Embedded.Tests.Confinement;

/// <summary>A file that must not be read, a folder that nothing must appear in, and a port that nobody must connect to.</summary>
internal sealed class Canary : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("canary-");
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Canary()
    {
        // For everybody: only the confinement keeps others out.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0x1FF);
        File.WriteAllText(Secret, Text);
        _listener.Start();
    }

    public string Text { get; } = "secret-" + Guid.NewGuid().ToString("N");

    public string Folder => _folder.FullName;

    public string Secret => Path.Combine(Folder, "secret");

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Fails when something happened; <paramref name="answer"/> is what came back.</summary>
    public void AssertUntouched(string answer)
    {
        Assert.DoesNotContain(Text, answer, StringComparison.Ordinal);
        Assert.Equal([Secret], Directory.GetFileSystemEntries(Folder));
        Assert.Equal(Text, File.ReadAllText(Secret));
        Assert.False(_listener.Pending(), "somebody connected");
    }

    /// <summary>Skips a test where the system has nothing to confine a process with, and says so; a kernel that has it must show it.</summary>
    public static void NeedsKernel()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux confines the engine's process: run it there");
        Skip.If(Landlock.Version(out var why) < Landlock.FirstWithNetwork, $"{why ?? "this kernel's Landlock does not know TCP (Linux 6.7 or later is needed)"}");
    }

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Delete(recursive: true);
    }
}
