using System.Text;
using Tidemark.Aggregator.Native;

namespace Tidemark.Aggregator.Tests.Native;

public sealed class RowOrderTests
{
    [Fact]
    public void ByVisitorDay_RandomRows_IsTheTableKeysOrder()
    {
        const int Seed = 11;
        var random = new Random(Seed);
        var (project, time, visitor) = (new LowCardinalityColumn("project"), new FixedColumn<long>("t", "DateTime64(3, 'UTC')"), new StringColumn("visitor"));
        var rows = new List<(string Project, long Day, string Visitor, long Time, int Row)>();
        for (var i = 0; i < 5_000; i++)
        {
            var p = new[] { "shop", "app", "", "zoo" }[random.Next(4)];
            var t = random.NextInt64(-3, 4) * 86_400_000 + random.NextInt64(-1, 86_400_001);
            var v = random.Next(3) == 0 ? $"visitor-{random.Next(50)}" : new string((char)('a' + random.Next(3)), random.Next(0, 12));
            project.Add(Encoding.UTF8.GetBytes(p));
            time.Add(t);
            visitor.Add(Encoding.UTF8.GetBytes(v));
            rows.Add((p, (long)Math.Floor(t / 86_400_000.0), v, t, i));
        }
        var expected = rows.OrderBy(r => r.Project, StringComparer.Ordinal).ThenBy(r => r.Day).ThenBy(r => r.Visitor, StringComparer.Ordinal)
            .ThenBy(r => r.Time).ThenBy(r => r.Row).Select(r => r.Row);
        Assert.Equal(expected, new RowOrder().ByVisitorDay(project, time, visitor).ToArray());
    }
}
