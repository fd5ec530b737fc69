using Tidemark.Sessionizer.Hosting;
using Tidemark.ServiceDefaults.Hosting;

return await ServiceHost.RunAsync(args, SessionizerHost.Definition);
