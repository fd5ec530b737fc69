using Microsoft.Extensions.Configuration;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>One place that settings come from, with keys such as <c>Sessionizer:Gap</c>.</summary>
/// <param name="Source">The values.</param>
/// <param name="Told">How a message names a key that was given there, such as <c>Sessionizer:Gap on the command line</c>.</param>
public sealed record SettingSource(IConfigurationSource Source, Func<string, string> Told)
{
    /// <summary>True for a place that holds much that is not meant for us: sections that nobody knows are no mistakes there. Default false.</summary>
    public bool IsShared { get; init; }
}
