using System.CommandLine;
using Tidemark.LoadTests.Scenarios;
using Tidemark.LoadTests.Traffic;

var events = new Option<int>("--events") { Description = "Events to send", DefaultValueFactory = _ => 1_000_000 };
var batch = new Option<int>("--batch") { Description = "Events in a request, at most 2,500", DefaultValueFactory = _ => 500 };
var connections = new Option<int>("--connections") { Description = "Requests in flight", DefaultValueFactory = _ => 4 };
var visitors = new Option<int>("--visitors") { Description = "Distinct visitors", DefaultValueFactory = _ => 50_000 };
var kills = new Option<int>("--kills") { Description = "How often to kill -9", DefaultValueFactory = _ => 50 };
var seed = new Option<int>("--seed") { Description = "Seed of all that is random", DefaultValueFactory = _ => 1 };
var results = new Option<string>("--results") { Description = "Folder for the results file", DefaultValueFactory = _ => "load-tests/results" };
var target = new Option<string>("--target") { Description = "What to kill: process or engine", DefaultValueFactory = _ => "process" };

var edition = new Option<string>("--edition") { Description = "What to measure: local, cluster or both", DefaultValueFactory = _ => "local" };
edition.AcceptOnlyFromAmong("local", "cluster", "both");
var partitions = new Option<int>("--partitions") { Description = "Partitions of a cluster's topics", DefaultValueFactory = _ => 8 };

var settings = new Option<string[]>("--set") { Description = "A setting of the cluster's services, Section:Option=value; several times for several", DefaultValueFactory = _ => [] };

var throughput = new Command("throughput", "One million events from HTTP to queryable: rate, CPU per event, peak memory, bytes on disk") { events, batch, connections, visitors, seed, results, edition, partitions, settings };
throughput.SetAction((parse, cancellation) => Throughput.RunAsync(new ThroughputOptions(
    parse.GetValue(events), parse.GetValue(batch), parse.GetValue(connections), parse.GetValue(visitors), parse.GetValue(seed), parse.GetValue(results)!,
    parse.GetValue(edition) is "local" or "both", parse.GetValue(edition) is "cluster" or "both", parse.GetValue(partitions),
    SettingsOf(parse)), cancellation));

var fill = new Option<int>("--fill") { Description = "Live events that the log holds before the first kill" };
var logSize = new Option<int?>("--log-size") { Description = "MiB that the log is cut to; the product's default otherwise" };
var kill = new Command("kill", "kill -9 under load from a retrying client; every event answered 200 must be counted once") { kills, seed, target, fill, logSize };
kill.SetAction((parse, cancellation) => Kill.RunAsync(new KillOptions(parse.GetValue(kills), parse.GetValue(seed), parse.GetValue(target) == "engine", parse.GetValue(fill), parse.GetValue(logSize)), cancellation));

var minutes = new Option<double>("--minutes") { Description = "Length of the stream", DefaultValueFactory = _ => 5 };
var rate = new Option<int>("--rate") { Description = "Events per second", DefaultValueFactory = _ => 1_000 };
var restart = new Option<int>("--restart-every") { Description = "Seconds between restarts of an instance of each service", DefaultValueFactory = _ => 30 };
var killed = new Option<bool>("--kill") { Description = "Kill with -9 instead of stopping in order" };

var steady = new Command("steady", "Cluster: a live stream through HTTP and Kafka while instances restart: does everything add up, and how soon can it be queried")
    { minutes, rate, restart, killed, seed, partitions, results, settings };
steady.SetAction((parse, cancellation) => Steady.RunAsync(new SteadyOptions(
    TimeSpan.FromMinutes(parse.GetValue(minutes)), parse.GetValue(rate), TimeSpan.FromSeconds(parse.GetValue(restart)), parse.GetValue(killed), parse.GetValue(seed),
    parse.GetValue(partitions), parse.GetValue(results), SettingsOf(parse)), cancellation));

var each = new Option<int>("--kills") { Description = "Kills of each service and of the broker", DefaultValueFactory = _ => 3 };
var link = new Option<bool>("--link") { Description = "Instead of kills: faults on the link between aggregator and ClickHouse" };
var data = new Option<string>("--data") { Description = "Public data set: shop (posted by a retrying client) or log (sent by `import --to`)", DefaultValueFactory = _ => "shop" };
data.AcceptOnlyFromAmong("shop", "log");
var slow = new Option<int>("--rate") { Description = "Events per second of the shop's poster", DefaultValueFactory = _ => 600 };
var history = new Command("history", "Cluster: a public data set under kill -9 of each service and the broker; the sessions must be the expected ones") { data, each, slow, seed, partitions, link };
history.SetAction((parse, cancellation) => HistoryUnderFaults.RunAsync(
    new HistoryFaultOptions(parse.GetValue(data) == "log" ? new WebLogHistory() : new ShopHistory(ShopData.Read(), parse.GetValue(slow)), parse.GetValue(each), parse.GetValue(seed), parse.GetValue(partitions), parse.GetValue(link)), cancellation));

var brokers = new Option<int>("--brokers") { Description = "Brokers: 1, or 3 with three copies of everything", DefaultValueFactory = _ => 1 };
brokers.AcceptOnlyFromAmong("1", "3");
var kinds = new Option<string[]>("--faults") { Description = "Kinds of faults; all of them otherwise", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. CampaignPlan.Kinds] };
kinds.AcceptOnlyFromAmong([.. CampaignPlan.Kinds]);
var modest = new Option<int>("--rate") { Description = "Events per second", DefaultValueFactory = _ => 150 };
var pause = new Option<double>("--pause") { Description = "Seconds that a process is stopped by SIGSTOP", DefaultValueFactory = _ => 40 };
var campaign = new Command("campaign", "Cluster: sessions close and are corrected while services, broker and ClickHouse are killed, paused, rebalanced and refuse, and a reader of committed data checks them")
    { minutes, seed, brokers, kinds, modest, pause, partitions, results };
campaign.SetAction((parse, cancellation) => Campaign.RunAsync(new CampaignOptions(
    TimeSpan.FromMinutes(parse.GetValue(minutes)), parse.GetValue(seed), parse.GetValue(brokers), parse.GetValue(kinds)!, parse.GetValue(modest), parse.GetValue(partitions),
    Hold: TimeSpan.FromSeconds(8), Pause: TimeSpan.FromSeconds(parse.GetValue(pause)), parse.GetValue(results)), cancellation));

var servers = new Option<string[]>("--server") { Description = "NAME=PATH of a Collector.Host.dll; the first is what the others are compared with", Required = true };
var rounds = new Option<int>("--rounds") { Description = "Starts of each", DefaultValueFactory = _ => 9 };
var doors = new Command("doors", "What the HTTP doors of several builds cost, started in turn: CPU and allocations per request and event") { servers, rounds, connections, seed };
doors.SetAction((parse, cancellation) => Doors.RunAsync(new DoorsOptions(
    [.. parse.GetValue(servers)!.Select(static server => (server.Split('=', 2)[0], server.Split('=', 2)[1]))], parse.GetValue(rounds), parse.GetValue(connections), parse.GetValue(seed)), cancellation));

try
{
    return await new RootCommand("Load and fault scenarios of both editions") { throughput, kill, steady, history, campaign, doors }.Parse(args)
        .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
}
catch (ScenarioFailedException failed)
{
    Console.WriteLine("FAILED: " + failed.Message);
    return 1;
}

Dictionary<string, string> SettingsOf(ParseResult parse) =>
    parse.GetValue(settings)!.Select(static set => set.Split('=', 2)).ToDictionary(static set => set[0].Replace(":", "__", StringComparison.Ordinal), static set => set[1]);
