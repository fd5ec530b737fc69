using Tidemark.EventLog.Host;

// A process for the tests of the log to kill, and its benchmark:
//   EventLog.Host produce DIR SEED        appends until killed; prints "partition offset value" of every acknowledged record
//   EventLog.Host transact DIR SEED       processes events to sessions in transactions until killed
//   EventLog.Host trim DIR SEED           appends and trims until killed; prints both
//   EventLog.Host hold DIR                opens the log, prints "open", and holds it until killed
//   EventLog.Host close DIR ROUNDS        opens and closes the log while it is used; prints "closed N"
//   EventLog.Host bench DIR [RECORDS] [OPTION=VALUE ...]
//   EventLog.Host bench kafka:SERVERS [RECORDS] [OPTION=VALUE ...]
// DIR may be kafka:SERVERS/PREFIX but for hold.
return args switch
{
    ["produce", var directory, var seed] => await Producing.RunAsync(directory, int.Parse(seed)),
    ["transact", var directory, var seed] => await Transacting.RunAsync(directory, int.Parse(seed)),
    ["trim", var directory, var seed] => await Trimming.RunAsync(directory, int.Parse(seed)),
    ["hold", var directory] => await Holding.RunAsync(directory),
    ["close", var directory, var rounds] => await Closing.RunAsync(directory, int.Parse(rounds)),
    ["bench", var servers, .. var rest] when servers.StartsWith("kafka:", StringComparison.Ordinal) => await KafkaBenchmark.RunAsync(servers[6..], rest),
    ["bench", var directory, .. var rest] => await Benchmark.RunAsync(directory, rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: EventLog.Host produce|transact|trim DIR SEED | hold DIR | close DIR ROUNDS | bench DIR [RECORDS]");
    return 2;
}
