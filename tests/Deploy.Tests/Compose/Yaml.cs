using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Tidemark.Deploy.Tests.Compose;

/// <summary>Reads YAML with merge keys. YamlDotNet's own MergingParser loses anchors that stand inside of what is merged.</summary>
internal static class Yaml
{
    internal static T Read<T>(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var plain = new SerializerBuilder().DisableAliases().Build().Serialize(Plain(stream.Documents[0].RootNode)!);
        return new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).IgnoreUnmatchedProperties().Build().Deserialize<T>(plain);
    }

    private static object? Plain(YamlNode node) => node switch
    {
        YamlMappingNode mapping => Merged(mapping),
        YamlSequenceNode sequence => sequence.Select(Plain).ToList(),
        YamlScalarNode { Value: "" or null, Style: YamlDotNet.Core.ScalarStyle.Plain } => null,
        _ => ((YamlScalarNode)node).Value,
    };

    private static Dictionary<string, object?> Merged(YamlMappingNode mapping)
    {
        var merged = new Dictionary<string, object?>();
        foreach (var (key, value) in mapping.Where(IsMerge).Concat(mapping.Where(pair => !IsMerge(pair))))
        {
            if (((YamlScalarNode)key).Value is not "<<" and { } name)
                merged[name] = Plain(value);
            else
                foreach (var (inherited, content) in Merged((YamlMappingNode)value))
                    merged[inherited] = content;
        }
        return merged;
    }

    private static bool IsMerge(KeyValuePair<YamlNode, YamlNode> pair) => pair.Key is YamlScalarNode { Value: "<<" };
}
