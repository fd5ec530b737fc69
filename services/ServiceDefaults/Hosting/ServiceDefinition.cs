using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Tidemark.HttpHardening;
using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>What makes a service itself; everything else is <see cref="ServiceHost"/>'s.</summary>
public sealed record ServiceDefinition
{
    /// <summary>collector, sessionizer, aggregator.</summary>
    public required string Name { get; init; }

    /// <summary>The executable's name.</summary>
    public string Program => $"tidemark-{Name}";

    /// <summary>One line for <c>--help</c>.</summary>
    public required string Summary { get; init; }

    /// <summary>Port when none is configured.</summary>
    public required int Port { get; init; }

    /// <summary>Sections beside those that every service has.</summary>
    public required IReadOnlyList<OptionSection> Sections { get; init; }

    /// <summary>Registers the service over the <see cref="EventLog.IEventLog"/> that the host has.</summary>
    public required Action<IServiceCollection, BoundOptions> Add { get; init; }

    /// <summary>Puts the doors on, if the service has any.</summary>
    public Action<WebApplication> Map { get; init; } = static _ => { };

    /// <summary>What the listener takes.</summary>
    public Func<BoundOptions, DoorLimits> Limits { get; init; } = static _ => new DoorLimits { MaxBodyBytes = 0 };

    /// <summary>Every section that the service reads, in the order of <c>--help</c>.</summary>
    public IReadOnlyList<OptionSection> AllSections(HostedLog log) => [.. Sections, .. ServiceHost.CommonSections(Port, log)];
}
