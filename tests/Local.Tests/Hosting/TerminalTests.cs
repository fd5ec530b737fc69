using System.Text;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Tests.Hosting;

public sealed class TerminalTests
{
    [Fact]
    public async Task Write_TerminalIsGone_IsLost()
    {
        await using var terminal = new Terminal(new Closed());
        await terminal.WriteLineAsync("stopping");
        await terminal.WriteAsync("x");
        terminal.Write('x');
        terminal.Write(["x"[0]], 0, 1);
        terminal.Write("{0}", 1);
        await terminal.FlushAsync();
    }

    [Fact]
    public void Write_TerminalIsThere_Arrives()
    {
        var inner = new StringWriter { NewLine = "\n" };
        using var terminal = new Terminal(inner);
        terminal.WriteLine("a");
        terminal.Write('b');
        terminal.Write("cd".ToCharArray(), 1, 1);
        Assert.Equal("a\nbd", inner.ToString());
    }

    /// <summary>What a terminal's file says after its window was closed.</summary>
    private sealed class Closed : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("Input/output error");

        public override void Flush() => throw new IOException("Input/output error");
    }
}
