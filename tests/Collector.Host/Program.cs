using Tidemark.Collector.Host;

// run PLACE [NAME]: the intake door until it is killed, telling how many events there are; bench PLACE [EVENTS]: its speed. serve PLACE PORT: the HTTP doors, for `load-tests doors`.
// PLACE is a folder, or kafka:SERVERS/PREFIX; none for doors without a log.
return args switch
{
    ["run", var place] => await Running.RunAsync(place, null),
    ["run", var place, var name] => await Running.RunAsync(place, name),
    ["bench", var place] => await IntakeBenchmark.RunAsync(place, 1_000_000),
    ["bench", var place, var events] => await IntakeBenchmark.RunAsync(place, int.Parse(events, null)),
    ["serve", var place, var port] => await Serving.RunAsync(place, int.Parse(port, null)),
    _ => Wrong(),
};

static int Wrong()
{
    Console.Error.WriteLine("run PLACE [NAME] | bench PLACE [EVENTS] | serve PLACE PORT");
    return 2;
}
