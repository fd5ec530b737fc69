using System.CommandLine;

namespace Tidemark.Local.Commands;

internal static class DemoCommand
{
    public static Command Create() => new("demo", "Send a made-up shop's day through the pipeline and show what comes out.");
}
