using Microsoft.Extensions.Configuration;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>Everything that was given, in several places; later ones win.</summary>
internal sealed class SettingsRoot
{
    private readonly IConfigurationRoot _root;
    private readonly (IConfigurationProvider Provider, SettingSource Source)[] _provided;

    /// <param name="sources">From the weakest to the strongest.</param>
    /// <param name="name">What a key is called in messages.</param>
    internal SettingsRoot(IReadOnlyList<SettingSource> sources, Func<string, string> name)
    {
        var builder = new ConfigurationBuilder();
        foreach (var source in sources)
            builder.Add(source.Source);
        _root = builder.Build();
        _provided = [.. _root.Providers.Zip(sources).Reverse()];
        Name = name;
    }

    internal Func<string, string> Name { get; }

    internal IConfigurationSection Section(string name) => _root.GetSection(name);

    /// <summary>Sections that somebody wrote for this program.</summary>
    internal IEnumerable<string> WrittenSections() =>
        _provided.Where(static p => !p.Source.IsShared).SelectMany(static p => p.Provider.GetChildKeys([], null)).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>A key and where its value comes from, as a message tells it.</summary>
    internal string Told(string key)
    {
        foreach (var (provider, source) in _provided)
        {
            if (provider.TryGet(key, out _) || provider.GetChildKeys([], key).Any())
                return source.Told(key);
        }
        return Name(key);
    }
}
