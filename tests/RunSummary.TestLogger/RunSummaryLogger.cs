using System.Security.Cryptography;
using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Client;

namespace Tidemark.RunSummary;

/// <summary>
/// Says after the tests of a project what the runner's own summary leaves out: why tests were skipped, and by which seeds random ones ran. `dotnet test --logger summary`; Directory.Build.props asks for it
/// where no other logger is asked for.
/// </summary>
[FriendlyName("summary"), ExtensionUri("logger://tidemark/summary")]
public sealed class RunSummaryLogger : ITestLoggerWithParameters
{
    /// <summary>tests/Testing/Seeds.cs reads it; the tests' process gets this one's environment.</summary>
    private const string Seed = "TIDEMARK_TEST_RUN_SEED";

    private readonly Dictionary<string, int> _skipped = new(StringComparer.Ordinal);
    private string _project = "";

    public void Initialize(TestLoggerEvents events, Dictionary<string, string?> parameters) => Initialize(events, "");

    public void Initialize(TestLoggerEvents events, string testRunDirectory)
    {
        var seed = Environment.GetEnvironmentVariable("TIDEMARK_TEST_SEED");
        if (seed is not { Length: > 0 })
        {
            seed = RandomNumberGenerator.GetInt32(1_000_000, int.MaxValue / 2).ToString(System.Globalization.CultureInfo.InvariantCulture);
            Environment.SetEnvironmentVariable(Seed, seed);
        }
        events.TestResult += (_, result) => Note(result.Result);
        events.TestRunComplete += (_, _) => Say(seed);
    }

    private void Note(TestResult result)
    {
        _project = Path.GetFileNameWithoutExtension(result.TestCase.Source);
        if (result.Outcome != TestOutcome.Skipped)
            return;
        var why = result.ErrorMessage ?? result.Messages.FirstOrDefault()?.Text ?? "no reason given";
        why = why.Trim().ReplaceLineEndings(" ");
        _skipped[why] = _skipped.GetValueOrDefault(why) + 1;
    }

    private void Say(string seed)
    {
        foreach (var (why, tests) in _skipped.OrderByDescending(static skipped => skipped.Value))
            Console.WriteLine($"{_project}: {tests} {(tests == 1 ? "test" : "tests")} not run: {why}");
        Console.WriteLine($"{_project}: new seeds begin at {seed}");
    }
}
