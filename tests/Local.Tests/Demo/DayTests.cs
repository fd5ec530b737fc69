using Tidemark.Local.Demo.Traffic;

namespace Tidemark.Local.Tests.Demo;

public sealed class DayTests
{
    private static readonly DateTimeOffset End = new(2026, 11, 20, 15, 7, 0, TimeSpan.Zero);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 8)];

    [Fact]
    public void Generate_SameSeedAndEnd_SameBytes()
    {
        var (one, other) = (Day.Generate(5, End), Day.Generate(5, End));

        Assert.Equal(one.Events.Select(Text), other.Events.Select(Text));
        Assert.NotEqual(one.Events.Select(Text), Day.Generate(6, End).Events.Select(Text));
    }

    [Fact]
    public void Next_SameDay_SameLiveEvents()
    {
        var (one, other) = (new Trickle(Day.Generate(5, End)), new Trickle(Day.Generate(5, End)));
        for (var i = 0; i < 500; i++)
            Assert.Equal(Text(one.Next(End.AddSeconds(i))), Text(other.Next(End.AddSeconds(i))));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Generate_AnySeed_SortedWithinTheDayWithIdsOfTheirOwn(int seed)
    {
        var day = Day.Generate(seed, End);
        var told = new Told(day);

        Assert.Equal(day.Events.Select(static e => e.OccurredAt).Order(), day.Events.Select(static e => e.OccurredAt));
        Assert.All(day.Events, e => Assert.InRange(e.OccurredAt, day.Start, day.End.AddMilliseconds(-1)));
        Assert.Equal(day.Events.Count, told.All.Select(static e => e.Json.GetProperty("messageId").GetString()).Distinct().Count());
        Assert.All(told.All, static e => Assert.Equal(e.Event.OccurredAt, e.Json.GetProperty("timestamp").GetDateTimeOffset()));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Generate_AnySeed_LooksLikeAShop(int seed)
    {
        var day = Day.Generate(seed, End);
        var told = new Told(day);

        Assert.InRange(day.Events.Count, 6_000, 11_000);
        Assert.InRange(told.Visitors, 600, 720);
        var perVisitor = told.Sessions.GroupBy(static s => s[0].Visitor).Select(static v => v.Count()).ToList();
        Assert.InRange((double)perVisitor.Count(static n => n > 1) / perVisitor.Count, 0.2, 0.45);
        Assert.InRange((double)told.Sessions.Count(static s => s.Count == 1) / told.Sessions.Count, 0.1, 0.4);

        Assert.True(told.VisitorsThat("product_viewed") > told.VisitorsThat("add_to_cart"));
        Assert.True(told.VisitorsThat("add_to_cart") > told.VisitorsThat("checkout"));
        Assert.True(told.VisitorsThat("checkout") > told.VisitorsThat("purchase"));
        Assert.InRange(told.VisitorsThat("purchase"), 40, 200);
        Assert.True(told.ConversionOf("one-page") > told.ConversionOf("classic") + 0.05);

        var users = told.All.Where(static e => e.Json.TryGetProperty("userId", out _)).Select(static e => e.Event.Visitor).Distinct().Count();
        Assert.InRange((double)users / told.Visitors, 0.08, 0.35);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Generate_AnySeed_EveningIsBusyAndNightIsQuiet(int seed)
    {
        var hours = Day.Generate(seed, End).Events.ToLookup(static e => e.OccurredAt.Hour);

        Assert.True(hours[19].Count() + hours[20].Count() > 5 * (hours[2].Count() + hours[3].Count()));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Generate_AnySeed_ErrorsMakeVisitorsLeave(int seed)
    {
        var told = new Told(Day.Generate(seed, End));
        var errors = told.Sessions.SelectMany(static s => s).Count(static e => e.Name == "error");
        var last = told.Sessions.Count(static s => s[^1].Name == "error");

        Assert.InRange(errors, 40, 250);
        Assert.InRange((double)last / errors, 0.45, 0.9);
    }

    private static string Text(ShopEvent one) => System.Text.Encoding.UTF8.GetString(one.Json.Span);
}
