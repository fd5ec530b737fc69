using System.CommandLine;
using System.CommandLine.Invocation;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Commands;

/// <summary>All commands, and the one place where a failure becomes a line and a status.</summary>
internal static class CommandTree
{
    /// <summary>Wrong use, and everything that went wrong.</summary>
    private const int Failed = 1;

    private static readonly (string Name, Func<Command> Create)[] _commands =
    [
        ("run", RunCommand.Create),
        ("demo", DemoCommand.Create),
        ("import", ImportCommand.Create),
        ("export", ExportCommand.Create),
        ("sql", SqlCommand.Create),
        ("engine", EngineCommand.Create),
    ];

    /// <param name="named">The first word of the command line: where it is a command, the others are not made, which takes longer than all the rest of a start's parsing.</param>
    public static RootCommand Create(string? named = null)
    {
        var root = new RootCommand("Session tracking on an event stream: events in over HTTP, sessions out in SQL.");
        var isKnown = _commands.Any(command => command.Name == named);
        foreach (var (name, create) in _commands)
        {
            if (!isKnown || name == named)
                root.Add(create());
        }
        HelpText.AddTo(root);
        return root;
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        var parsed = Create(arguments.FirstOrDefault()).Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var line in UnknownOption.Lines(parsed))
                await Console.Error.WriteLineAsync(line);
            await Console.Error.WriteLineAsync("see --help");
            return Failed;
        }
        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>Runs a command's work with Ctrl-C and SIGTERM as its token.</summary>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> work)
    {
        using var interrupt = new Interrupt();
        try
        {
            return await work(interrupt.Token);
        }
        catch (CommandFailedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
        catch (OperationCanceledException) when (interrupt.Requested)
        {
            await Console.Error.WriteLineAsync("stopped");
            return Failed;
        }
        catch (Exception e) when (FailureText.Of(e) is { } line)
        {
            await Console.Error.WriteLineAsync(line);
            return Failed;
        }
    }
}
