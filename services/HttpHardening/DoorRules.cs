using Tidemark.HttpHardening.Pages;

namespace Tidemark.HttpHardening;

/// <summary>Whom a port serves.</summary>
public sealed record DoorRules
{
    /// <summary>Names and addresses that requests may ask for.</summary>
    public required ServedHosts Hosts { get; init; }

    /// <summary>The option that adds to <see cref="Hosts"/>, as a refusal names it.</summary>
    public required string HostsOption { get; init; }

    /// <summary>Origins whose pages may use every path and read the answers. Default none.</summary>
    public AllowedOrigins Origins { get; init; } = new([]);

    /// <summary>The option that adds to <see cref="Origins"/>, as a refusal names it; null when there is none.</summary>
    public string? OriginsOption { get; init; }
}
