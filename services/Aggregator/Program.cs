using Tidemark.Aggregator.Hosting;
using Tidemark.ServiceDefaults.Hosting;

return await ServiceHost.RunAsync(args, AggregatorHost.Definition);
