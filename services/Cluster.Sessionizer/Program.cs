using Tidemark.Cluster;
using Tidemark.ServiceDefaults.Hosting;
using Tidemark.Sessionizer.Hosting;

return await ServiceHost.RunAsync(args, SessionizerHost.Definition, KafkaLog.Hosted);
