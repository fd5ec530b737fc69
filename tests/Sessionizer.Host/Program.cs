using Tidemark.Sessionizer.Host;

// run FOLDER FROM: traffic and the sessionizer over a local log until it is killed; bench [EVENTS [PROJECTS [without-agent]]]: the rules' speed on one core.
return args switch
{
    ["run", var folder, var from] => await Running.RunAsync(folder, int.Parse(from)),
    ["bench"] => RulesBenchmark.Run(5_000_000, 0, true),
    ["bench", var events] => RulesBenchmark.Run(int.Parse(events), 0, true),
    ["bench", var events, var projects] => RulesBenchmark.Run(int.Parse(events), int.Parse(projects), true),
    ["bench", var events, var projects, "without-agent"] => RulesBenchmark.Run(int.Parse(events), int.Parse(projects), false),
    _ => Wrong(),
};

static int Wrong()
{
    Console.Error.WriteLine("run FOLDER FROM | bench [EVENTS [PROJECTS [without-agent]]]");
    return 2;
}
