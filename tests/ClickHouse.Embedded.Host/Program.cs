// What tests start as processes of their own:
//   HOST serve DATA PORT [--parent-pipe]   the engine alone
//   HOST supervise DATA PORT               a parent with the engine as its child; prints "child PID"
//   HOST signals DATA                      the engine in this process, and what the runtime needs of its signals
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.ClickHouse.Embedded;
using Tidemark.ClickHouse.Embedded.Host;
using Tidemark.ClickHouse.Embedded.Supervision;

try
{
    switch (args[0])
    {
        case "serve":
            await new EngineServer(new EngineServerOptions
            {
                DataPath = args[1],
                Port = int.Parse(args[2]),
                WriterPassword = Environment.GetEnvironmentVariable(EngineProcess.PasswordVariable),
                ExitWithParent = args.Contains("--parent-pipe"),
            }).RunAsync(CancellationToken.None);
            return 0;
        case "supervise":
            await using (var engine = new EngineProcess(new EngineProcessOptions
            {
                FileName = "dotnet",
                Arguments = [typeof(SignalChecks).Assembly.Location, "serve", args[1], args[2], "--parent-pipe"],
                Port = int.Parse(args[2]),
                WriterPassword = "w",
            }, NullLogger.Instance, TimeProvider.System))
            {
                await engine.StartAsync(CancellationToken.None);
                Console.WriteLine($"child {engine.ProcessId}");
                await Task.Delay(Timeout.Infinite);
            }

            return 0;
        default:
            return await SignalChecks.RunAsync(args[1]);
    }
}
catch (EngineException e)
{
    Console.Error.WriteLine(e.Message);
    return (int)e.Failure;
}
