using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>
/// Sends attacks side by side in batches and looks at the canaries after each. When one noticed something, the batch goes again one
/// by one, to name the request.
/// </summary>
internal sealed partial class AttackRun(AttackTarget target, string? user)
{
    const int BatchSize = 64;
    const int SideBySide = 8;
    // A failure with more says nothing new.
    const int MaxBreaches = 400;

    // Of each group so many are tried in a run, always the same ones; others where TIDEMARK_TEST_ATTACKS is another number or "fresh", all of them (a quarter of an hour and more) where it is "all".
    const int SampleSize = 150;
    const int UsualSeed = 1926118361;

    static readonly int _seed = Environment.GetEnvironmentVariable("TIDEMARK_TEST_ATTACKS") switch
    {
        "fresh" => Random.Shared.Next(),
        var text when int.TryParse(text, out var given) => given,
        _ => UsualSeed,
    };

    // So many requests without an answer hold every connection: the rest would only wait.
    const int MaxUnanswered = 8;

    // Only a hang guard. Confined, the engine tries again what it may not do: an HTTP dictionary gives up after half a minute.
    readonly TimeSpan _bound = TimeSpan.FromSeconds(target.DoorChecks ? 20 : 60);

    readonly List<string> _breaches = [];
    int _sent;
    int _unanswered;

    public static async Task RunAsync(AttackTarget target, string? user, IEnumerable<Attack> attacks)
    {
        var run = new AttackRun(target, user);
        var clock = Stopwatch.StartNew();
        foreach (var batch in Sample([.. attacks.Where(run.Ends)]).Chunk(BatchSize))
        {
            await run.BatchAsync(batch);
            if (run._breaches.Count >= MaxBreaches || run._unanswered >= MaxUnanswered || !target.IsAlive)
                break;
        }

        Assert.True(run._sent > 0, "nothing was sent");
        Assert.True(run._breaches.Count == 0, $"{run._breaches.Count} of {run._sent} attacks got through ({clock.Elapsed.TotalSeconds:0} s, TIDEMARK_TEST_ATTACKS={_seed} tries the same ones):\n{string.Join("\n", run._breaches)}");
    }

    static Attack[] Sample(Attack[] all)
    {
        if (all.Length <= SampleSize || Environment.GetEnvironmentVariable("TIDEMARK_TEST_ATTACKS") == "all")
            return all;
        new Random(_seed).Shuffle(all);
        return all[..SampleSize];
    }

    // input() waits for data that never comes. The process's own standard input is a pipe, for which Landlock has no rule: past the door a read of it waits until the parent ends, and holds its connection.
    bool Ends(Attack attack) => target.DoorChecks || !attack.Steps.Any(step => OwnInput().IsMatch(step.Url + Encoding.Latin1.GetString(step.Body ?? [])));

    async Task BatchAsync(Attack[] batch)
    {
        var answers = new string[batch.Length];
        await Parallel.ForAsync(0, batch.Length, new ParallelOptions { MaxDegreeOfParallelism = SideBySide }, async (i, _) => answers[i] = await SendAsync(batch[i]));
        _sent += batch.Length;
        Assert.True(await AnswersAsync(), $"the engine does not answer any more after one of\n{string.Join("\n", batch.AsEnumerable())}");
        var noticed = target.Canaries.Look(answers);
        if (noticed.Count == 0)
            return;
        var before = _breaches.Count;
        foreach (var attack in batch)
        {
            var answer = await SendAsync(attack);
            if (target.Canaries.Look([answer]) is { Count: > 0 } alone)
                _breaches.Add($"- {attack}\n      {string.Join("; ", alone.Take(4))}\n      answer: {Start(answer)}");
        }

        if (_breaches.Count == before)
            _breaches.Add($"- {string.Join("; ", noticed.Take(8))}\n      by one of these or of those before:\n      {string.Join("\n      ", batch.AsEnumerable())}");
    }

    // The last step's answer decides for a file's content, but any step may say what it must not.
    async Task<string> SendAsync(Attack attack)
    {
        var answers = new StringBuilder();
        foreach (var step in attack.Steps)
        {
            if (Volatile.Read(ref _unanswered) >= MaxUnanswered)
                break;
            var (status, text) = await SendAsync(attack, step);
            answers.Append(text).Append('\n');
            if (Fault(status, text) is { } fault)
                lock (_breaches)
                    _breaches.Add($"- {attack}\n      {fault}\n      answer: {Start(text)}");
        }

        return answers.ToString();
    }

    async Task<(int Status, string Text)> SendAsync(Attack attack, AttackRequest step)
    {
        using var bound = new CancellationTokenSource(_bound);
        try
        {
            using var request = new HttpRequestMessage(step.Body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(step.Url, UriKind.Relative));
            if (step.Body is not null)
                request.Content = new ByteArrayContent(step.Body);
            foreach (var (name, value) in step.Headers)
                if (!request.Headers.TryAddWithoutValidation(name, value))
                    request.Content?.Headers.TryAddWithoutValidation(name, value);
            if (user is not null)
                request.Headers.TryAddWithoutValidation("X-ClickHouse-User", user);
            if (user == "writer")
                request.Headers.TryAddWithoutValidation("X-ClickHouse-Key", target.Password);
            using var answer = await target.Http.SendAsync(request, HttpCompletionOption.ResponseContentRead, bound.Token);
            return ((int)answer.StatusCode, Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(bound.Token)));
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            lock (_breaches)
                _breaches.Add($"- {attack}\n      had no answer within {_bound.TotalSeconds} s");
            Interlocked.Increment(ref _unanswered);
            return (0, "");
        }
        catch (HttpRequestException e)
        {
            // An answer that breaks off after its head is right; a connection that breaks off before is checked by the next request.
            return (0, e.Message);
        }
    }

    string? Fault(int status, string text)
        => Canaries.Forms(target.Password).Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase)) ? "an answer has the writer's password"
        : text.Contains("root:x:0:0:", StringComparison.Ordinal) ? "an answer has /etc/passwd"
        : status >= 500 && Internal().IsMatch(text) ? "an answer has an exception of the door's own"
        : null;

    async Task<bool> AnswersAsync()
    {
        if (!target.IsAlive)
            return false;
        var (_, text) = await SendAsync(Attack.Sql("SELECT 1"), Attack.Post("/", "SELECT 1"));
        return text == "1\n" && target.IsAlive;
    }

    static string Start(string text) => text.Length <= 300 ? text.TrimEnd() : text[..300];

    [GeneratedRegex(@"/dev/stdin|/fd/0|%2Fdev%2Fstdin|%2Ffd%2F0|\binput\s*\(")]
    private static partial Regex OwnInput();

    // Of the runtime, not of the engine (DB::Exception, Poco::Exception, std::exception).
    [GeneratedRegex(@"(?<![:\w])[A-Z]\w*Exception\b|\bSystem\.[A-Z]\w+\.|^   at ", RegexOptions.Multiline)]
    private static partial Regex Internal();
}
