using System.CommandLine;
using Tidemark.Local.Configuration;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Commands;

/// <summary><c>sql</c>: one query, its answer to standard output byte for byte.</summary>
internal static class SqlCommand
{
    public static Command Create()
    {
        var command = new Command("sql", "Ask one SQL query: of the running instance of the data folder, or of an engine started on it for the query.");
        var query = new Argument<string>("query") { Description = "The query; - reads it from standard input." };
        var format = new Option<string?>("--format") { Description = "ClickHouse's output format. Default PrettyCompact on a terminal, else TabSeparated.", HelpName = "FORMAT" };
        var to = new Option<string?>("--to") { Description = "Address of another local edition's SQL port, such as http://127.0.0.1:8123.", HelpName = "URL" };
        command.Arguments.Add(query);
        command.Options.Add(format);
        command.Options.Add(to);
        var common = CommonOptions.AddTo(command, [OptionTable.Own(nameof(LocalOptions.EngineMemory)), .. OptionTable.Server]);
        command.SetAction((parsed, _) => CommandTree.RunAsync(async cancellation =>
        {
            var text = parsed.GetRequiredValue(query);
            if (text == "-")
                text = await Console.In.ReadToEndAsync(cancellation);
            if (string.IsNullOrWhiteSpace(text))
                throw new CommandFailedException("the query is empty: give it as an argument, or - and the query on standard input");
            var asked = parsed.GetValue(format) ?? (Console.IsOutputRedirected ? "TabSeparated" : "PrettyCompact");
            if (parsed.GetValue(to) is { } url)
                return await AskAsync(new SqlServer(Addresses.Parse(url, "--to")), text, asked, cancellation);
            await using var endpoint = await SqlEndpoint.OpenAsync(common.Read(parsed), cancellation);
            return await AskAsync(endpoint.Server, text, asked, cancellation);
        }));
        return command;
    }

    private static async Task<int> AskAsync(SqlServer server, string query, string format, CancellationToken cancellation)
    {
        using var client = new SqlClient(server);
        await using var output = Console.OpenStandardOutput();
        var error = await client.CopyAsync(query, format, output, cancellation);
        // The same Ctrl-C may have stopped the engine first, and its answer then ends as if it were whole.
        cancellation.ThrowIfCancellationRequested();
        if (error is null)
            return 0;
        await Console.Error.WriteLineAsync(error.TrimEnd());
        return 1;
    }
}
