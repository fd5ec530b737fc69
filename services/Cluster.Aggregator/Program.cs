using Tidemark.Aggregator.Hosting;
using Tidemark.Cluster;
using Tidemark.ServiceDefaults.Hosting;

return await ServiceHost.RunAsync(args, AggregatorHost.Definition, KafkaLog.Hosted);
