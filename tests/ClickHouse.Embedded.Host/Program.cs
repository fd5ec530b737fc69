// What tests start as processes of their own:
//   HOST serve DATA PORT [--no-door-checks] [--no-engine-checks]
//                                             the engine as the product starts it: the writer's password is the first line of standard input, whose end ends it;
//                                             without the checks of the door and those of the engine only the system's confinement is left
//   HOST plain DATA PORT                      the same without confinement, to compare with
//   HOST supervise DATA PORT                  a parent with the engine as its child; prints "child PID"
//   HOST confined DATA SECRET PORT            what a confined process may still do, without an engine
//   HOST signals DATA                         the engine in this process, and what the runtime needs of its signals
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.ClickHouse.Embedded;
using Tidemark.ClickHouse.Embedded.Host;
using Tidemark.ClickHouse.Embedded.Supervision;

try
{
    switch (args[0])
    {
        case "serve":
            await EngineServer.RunChildAsync(new EngineOptions
            {
                DataPath = args[1],
                Port = int.Parse(args[2]),
                DoorChecks = !args.Contains("--no-door-checks"),
                EngineChecks = !args.Contains("--no-engine-checks"),
            });
            return 0;
        case "plain":
            await new EngineServer(new EngineOptions { DataPath = args[1], Port = int.Parse(args[2]), WriterPassword = Console.ReadLine() }).RunAsync(CancellationToken.None);
            return 0;
        case "supervise":
            await using (var engine = new EngineProcess(new EngineProcessOptions
            {
                FileName = "dotnet",
                Arguments = [typeof(SignalChecks).Assembly.Location, "serve", args[1], args[2]],
                Port = int.Parse(args[2]),
                WriterPassword = "w",
            }, NullLogger.Instance, TimeProvider.System))
            {
                await engine.StartAsync(CancellationToken.None);
                Console.WriteLine($"child {engine.ProcessId}");
                await Task.Delay(Timeout.Infinite);
            }

            return 0;
        case "confined":
            return ConfinementChecks.Run(new EngineOptions { DataPath = args[1], Port = 0 }, args[2], int.Parse(args[3]));
        default:
            return await SignalChecks.RunAsync(args[1]);
    }
}
catch (EngineException e)
{
    Console.Error.WriteLine(e.Message);
    return (int)e.Failure;
}
