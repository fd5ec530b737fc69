using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>
/// Settings of a random run: general ones, and some projects with their own. Either they differ in everything and stay, or they change within the run; then the gap and
/// the lateness are the same for all, since what a longer one would have kept is forgotten already and no oracle could tell.
/// </summary>
internal sealed class RandomSettings
{
    public static readonly string[] Projects = ["p", "q", "r"];
    private readonly Random _random;
    private readonly SessionSettings _same;

    public RandomSettings(Random random)
    {
        _random = random;
        Change = random.Next(3) == 0;
        _same = Any();
        Now = Next();
        First = Now;
    }

    /// <summary>True when they change within the run.</summary>
    public bool Change { get; }

    public SettingsByProject First { get; }

    public SettingsByProject Now { get; private set; }

    public SessionSettings Of(string project) => Now.Of(System.Text.Encoding.UTF8.GetBytes(project));

    public long GapOf(string project) => Of(project).GapMs;

    public SettingsByProject Switch() => Now = Next();

    private SettingsByProject Next() =>
        new(One(), [.. Projects.Where(_ => _random.Next(2) == 0).Select(project => new ProjectSettings(project, One()))]);

    private SessionSettings One() => Change ? _same with { DisorderMs = Disorder() } : Any();

    private SessionSettings Any() => new(_random.Next(1, 20), Disorder(), _random.Next(0, 3) * _random.Next(0, 60), 1_000_000, 1_000_000);

    private long Disorder() => _random.Next(0, 3) * _random.Next(0, 15);
}
