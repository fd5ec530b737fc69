using Tidemark.Cluster;
using Tidemark.Collector.Hosting;
using Tidemark.ServiceDefaults.Hosting;

return await ServiceHost.RunAsync(args, CollectorHost.Definition, KafkaLog.Hosted);
