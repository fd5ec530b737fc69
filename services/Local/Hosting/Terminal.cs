using System.Text;

namespace Tidemark.Local.Hosting;

/// <summary>
/// Standard output and error on a terminal that may be closed while the product runs: what is written to it then is lost, instead of failing a run that drains and
/// stops (the system says EIO where a closed pipe says EPIPE, and .NET passes over the latter only). Files and pipes are left alone: there a failure must show.
/// </summary>
internal sealed class Terminal(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public static void MayClose()
    {
        if (!Console.IsOutputRedirected)
            Console.SetOut(new Terminal(Console.Out));
        if (!Console.IsErrorRedirected)
            Console.SetError(new Terminal(Console.Error));
    }

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
        }
    }
}
