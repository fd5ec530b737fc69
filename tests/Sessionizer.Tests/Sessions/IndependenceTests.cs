using Tidemark.Contracts.Events;
using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>What a project's visitors did, and its own settings, make its rows; other projects' settings do not, whatever they are.</summary>
public sealed class IndependenceTests
{
    [Fact]
    public void OtherSettingsOfOtherProjects_ChangeNoRowAndNoVerdictOfThisOne()
    {
        var closedByIdleSteps = 0;
        var seeds = Seeds.Take(unchanging: 1300, fresh: 700);
        foreach (var seed in seeds)
        {
            var random = new Random(seed);
            var own = Any(random);
            var first = new Life(seed, Around(own, random), own);
            var second = new Life(seed, Around(own, random), own);
            for (var i = 0; i < Math.Max(first.Told.Count, second.Told.Count); i++)
                Assert.True(first.Told.ElementAtOrDefault(i) == second.Told.ElementAtOrDefault(i), $"seed {seed}: {first.Told.ElementAtOrDefault(i)} and {second.Told.ElementAtOrDefault(i)}");
            closedByIdleSteps += first.Told.Count(t => t.Contains("Reason = Idle", StringComparison.Ordinal));
        }
        Assert.True(closedByIdleSteps >= seeds.Count / 10, $"{closedByIdleSteps} sessions only were closed by idle steps");
    }

    /// <summary>The project's settings as its own or as the general ones; the others as they come.</summary>
    private static SettingsByProject Around(SessionSettings own, Random random) => random.Next(3) switch
    {
        0 => new SettingsByProject(own, [new ProjectSettings("other", Any(random))]),
        1 => new SettingsByProject(Any(random), [new ProjectSettings("this", own)]),
        _ => new SettingsByProject(Any(random), [new ProjectSettings("other", Any(random)), new ProjectSettings("this", own)]),
    };

    private static SessionSettings Any(Random random) =>
        new(random.Next(1, 20), random.Next(0, 30), random.Next(0, 3) * random.Next(0, 60), random.Next(5, 500), random.Next(2, 30));

    /// <summary>One partition, the same traffic and silences for the same seed.</summary>
    private sealed class Life
    {
        private readonly Random _random;
        private readonly LivePartition _rules;
        private readonly CollectedOutput _output = new();

        public Life(int seed, SettingsByProject settings, SessionSettings own)
        {
            _random = new Random(seed);
            _rules = new LivePartition(settings, 1000, seed);
            var clock = 1000L;
            for (var offset = 0; offset < 120; offset++)
            {
                clock += _random.Next(4) == 0 ? _random.Next(30) : _random.Next(3);
                Take(offset, clock);
                if (_random.Next(12) == 0)
                    Silence(_random.Next(60), own);
                if (_random.Next(6) == 0)
                    Commit(offset);
            }
            Silence(1_000_000, own);
            Commit(120);
        }

        /// <summary>Everything that the project sees, in order.</summary>
        public List<string> Told { get; } = [];

        private void Take(int offset, long clock)
        {
            var e = new TestEvent("v" + _random.Next(3), clock - (_random.Next(2) == 0 ? 0 : _random.Next(70)))
            {
                Id = _random.NextInt64(),
                Project = _random.Next(2) == 0 ? "this" : "other",
                Kind = (EventKind)_random.Next(4),
            };
            var verdict = _rules.Take(offset, e.Encode());
            if (e.Project == "this")
                Told.Add($"{offset} {verdict}");
        }

        /// <summary>Every rule set goes on from where it stands, as the loop does it.</summary>
        private void Silence(long milliseconds, SessionSettings own)
        {
            foreach (var set in _rules.RuleSets)
            {
                var horizon = _rules.HorizonOf(set) + milliseconds;
                if (_rules.WouldIdle(set, ref horizon))
                    set.Idle(horizon);
            }
            Assert.Contains(_rules.RuleSets, set => set.Settings == own);
        }

        private void Commit(long revision)
        {
            Assert.True(_rules.CommitPoint(flush: false, revision, _output));
            Told.AddRange(_output.TakeNew().Where(row => row.Project == "this").Select(row => row.ToString()));
            Told.Add("commit");
        }
    }
}
