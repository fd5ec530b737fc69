using System.Text.RegularExpressions;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Tests.Clients;

[Collection("engine")]
public sealed partial class ClientSettingsTests(EngineFixture engine)
{
    [Fact]
    public async Task Names_AreOfTheEngine()
    {
        var known = (await engine.ReadAsync("SELECT name FROM system.settings")).Split('\n').ToHashSet();
        Assert.DoesNotContain(ClientSettings.Allowed.Union(ClientSettings.Expressions), name => !known.Contains(name));
        Assert.Empty(ClientSettings.Allowed.Intersect(ClientSettings.Expressions));
    }

    /// <summary>What names a place outside of the tables, or is shared with other queries, is not among them.</summary>
    [Fact]
    public void Names_ReachNothingOutside() => Assert.DoesNotContain(ClientSettings.Allowed, name => Outside().IsMatch(name));

    [GeneratedRegex("(^|_)(url|path|format_schema|template|registry|credentials|named_collection|user|zookeeper|keeper|time_zone_name|python|ai|dialect|priority|tag|fault|sleep)(_|$)")]
    private static partial Regex Outside();
}
