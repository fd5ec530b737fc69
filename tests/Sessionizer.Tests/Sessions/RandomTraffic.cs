using Tidemark.Contracts.Events;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>The events of a random run: few visitors, pages and texts, times that jump back, forth and nowhere, so that sessions meet in every way.</summary>
/// <param name="random">Of the run.</param>
/// <param name="history">Lane.</param>
/// <param name="generationOf">The generation of an import that an event is to be of, by project and name.</param>
internal sealed class RandomTraffic(Random random, bool history, Func<string, string, string> generationOf)
{
    private static readonly string[] Visitors = ["a", "aa", "a\0", "b"];
    private readonly List<TestEvent> _sent = [];
    private long _clock = 1000;

    public bool AnySent => _sent.Count > 0;

    public void NoteSent(TestEvent e) => _sent.Add(e);

    public TestEvent Next()
    {
        _clock += random.Next(4) == 0 ? random.Next(0, 30) : random.Next(0, 4);
        var back = random.Next(3) switch { 0 => 0, 1 => random.Next(0, 25), _ => random.Next(0, 3) * random.Next(0, 80) };
        var visitor = Visitors[random.Next(4)];
        var project = random.Next(2) == 0 ? "p" : RandomSettings.Projects[random.Next(3)];
        return new TestEvent(visitor, _clock - back)
        {
            Id = random.NextInt64(long.MinValue, long.MaxValue),
            Seq = random.Next(4) == 0 ? random.Next() : random.Next(3),
            Project = project,
            Import = history && random.Next(4) is < 2 and var import ? generationOf(project, "i" + (1 + import)) : "",
            Kind = (EventKind)random.Next(4),
            Page = "/" + random.Next(4),
            User = random.Next(3) == 0 ? "u" + random.Next(3) : "",
            Referrer = random.Next(4) == 0 ? new string('r', random.Next(20) == 0 ? random.Next(3000) : 1) + random.Next(9) : "",
            Campaign = Sometimes("c"),
            Device = Sometimes("d"),
            Browser = Sometimes("b"),
            Os = Sometimes("o"),
            AppVersion = Sometimes("v"),
        };
    }

    /// <summary>A copy of an event that was sent, sometimes with another time or place: the first one counts.</summary>
    public TestEvent Again()
    {
        var e = _sent[^(1 + random.Next(Math.Min(_sent.Count, 60)))];
        return random.Next(2) == 0 ? e : e with { Time = e.Time + random.Next(0, 30), Seq = random.Next(3) };
    }

    /// <summary>The beginning of an event, nothing, or a record of no schema.</summary>
    public byte[] NextUnreadable() => random.Next(3) switch
    {
        0 => new TestEvent("a", 5).Encode()[..random.Next(1, 16)],
        1 => [],
        _ => [0xC3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    };

    private string Sometimes(string text) => random.Next(4) == 0 ? text + random.Next(9) : "";
}
