using System.Buffers;
using System.Text;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.Deploy.Tests;

/// <summary>ClickHouse's engine with a configuration of the test's: runs the statements of standard input, divided by NUL, and prints an answer or an error for each, divided likewise.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        if (args is not ["engine", var folder])
            return 64;
        var connection = EngineConnection.Open([$"--path={folder}/data", $"--config-file={folder}/server.xml"]);
        using var output = new StreamWriter(Console.OpenStandardOutput());
        foreach (var statement in Console.In.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var result = connection.Query(Encoding.UTF8.GetBytes(statement), "TabSeparated");
            output.Write((result.Error ?? Encoding.UTF8.GetString(result.GetSpan())).TrimEnd('\n') + '\0');
            ((IDisposable)(MemoryManager<byte>)result).Dispose();
        }
        connection.Close();
        return 0;
    }
}
