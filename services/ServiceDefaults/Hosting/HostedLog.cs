using Microsoft.Extensions.DependencyInjection;
using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>The log that a host runs on: its section of the configuration, and what registers it. Kafka in the cluster edition; tests of the host have their own.</summary>
public sealed record HostedLog(OptionSection Section, Action<IServiceCollection, BoundOptions> Add);
