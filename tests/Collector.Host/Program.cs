using Tidemark.Collector.Host;

// run PLACE [NAME]: the intake door until it is killed, telling how many events there are; bench PLACE [EVENTS]: its speed. PLACE is a folder, or kafka:SERVERS/PREFIX.
return args switch
{
    ["run", var place] => await Running.RunAsync(place, null),
    ["run", var place, var name] => await Running.RunAsync(place, name),
    ["bench", var place] => await IntakeBenchmark.RunAsync(place, 1_000_000),
    ["bench", var place, var events] => await IntakeBenchmark.RunAsync(place, int.Parse(events, null)),
    _ => Wrong(),
};

static int Wrong()
{
    Console.Error.WriteLine("run PLACE [NAME] | bench PLACE [EVENTS]");
    return 2;
}
