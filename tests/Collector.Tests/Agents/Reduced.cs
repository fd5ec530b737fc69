using System.Text;
using Tidemark.Collector.Agents;

namespace Tidemark.Collector.Tests.Agents;

internal static class Reduced
{
    internal static string Text(ReadOnlySpan<byte> agent) => Text(AgentCatalog.Shared.Reduce(agent));

    internal static string Text(AgentFamilies families) =>
        $"{Encoding.UTF8.GetString(families.Device)}|{Encoding.UTF8.GetString(families.Browser)}|{Encoding.UTF8.GetString(families.Os)}|{families.Bot}";
}
