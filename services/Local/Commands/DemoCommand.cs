using System.CommandLine;
using System.Globalization;
using Tidemark.Local.Configuration;
using Tidemark.Local.Demo;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Commands;

/// <summary><c>demo</c>: a made-up shop's traffic through the real doors, and what comes out.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var command = new Command("demo", "Send a made-up shop's day through the pipeline and show what comes out.");
        var exit = new Option<bool>("--exit") { Description = "Stop after the tables. Default: go on serving, with live traffic, until Ctrl-C." };
        var seed = new Option<string?>("--seed") { Description = "Seed of the traffic, a whole number: the same one is the same traffic. Default 1.", HelpName = "N" };
        var reset = new Option<bool>("--reset") { Description = "Empty the data folder first, also one named with --data; refused where other data than a demo's is. Default: the demo's own folder is emptied at every start." };
        command.Options.Add(exit);
        command.Options.Add(reset);
        command.Options.Add(seed);
        var common = CommonOptions.AddTo(command, [.. OptionTable.Ports, .. OptionTable.Pipeline]);
        command.SetAction((parsed, _) => CommandTree.RunAsync(cancellation => RunAsync(
            parsed, common, new DemoOptions { Exit = parsed.GetValue(exit), Reset = parsed.GetValue(reset), Seed = ParseSeed(parsed.GetValue(seed)) }, cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CommonOptions common, DemoOptions asked, CancellationToken cancellation)
    {
        // Without --data the folder is the demo's own, whatever the environment says: that names the folder of somebody's real events.
        var own = !common.HasData(parsed);
        var options = common.Read(parsed, own ? DemoFolder.Default() : null);
        var demo = new DemoRun(options, asked with { OwnFolder = own }, Console.Out, !Console.IsOutputRedirected, TimeProvider.System);
        try
        {
            return await demo.RunAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && !asked.Exit)
        {
            // Told to stop, as it has to be.
            return 0;
        }
    }

    private static int ParseSeed(string? text) =>
        text is null ? 1
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed
        : throw new CommandFailedException($"--seed takes a whole number from 0 to {int.MaxValue}; {Quoted.Text(text)} is not valid");
}
