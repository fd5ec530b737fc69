// The engine alone, as the child that tests start: HOST DATA PORT [--parent-pipe].
using Tidemark.ClickHouse.Embedded;
using Tidemark.ClickHouse.Embedded.Supervision;

try
{
    var server = new EngineServer(new EngineServerOptions
    {
        DataPath = args[0],
        Port = int.Parse(args[1]),
        WriterPassword = Environment.GetEnvironmentVariable(EngineProcess.PasswordVariable),
        ExitWithParent = args.Contains("--parent-pipe"),
    });
    _ = server.Listening.ContinueWith(port => Console.WriteLine($"listening on {port.Result}"), TaskContinuationOptions.OnlyOnRanToCompletion);
    await server.RunAsync(CancellationToken.None);
    return 0;
}
catch (EngineException e)
{
    Console.Error.WriteLine(e.Message);
    return (int)e.Failure;
}
