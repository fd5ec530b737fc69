using Tidemark.EventLog;
using Tidemark.Resilience;
using Tidemark.ServiceDefaults.Partitions;
using Tidemark.Testing;

namespace Tidemark.ServiceDefaults.Tests.Partitions;

public sealed class PartitionRunnerTests : IDisposable
{
    private static readonly Backoff _backoff = PartitionRunner.Pauses(jitter: null);
    private readonly PausingTime _time = new();
    private readonly MeasuredLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PartitionStatus _status;
    private readonly ScriptedWork _work;

    public PartitionRunnerTests()
    {
        _status = new PartitionStatus(_time);
        _work = new ScriptedWork(_status);
    }

    public void Dispose() => _stop.Dispose();

    public static TheoryData<Exception, AfterFailure> Ladder => new()
    {
        { new LogTransactionAbortedException(""), AfterFailure.RollBack },
        { new LogOutcomeUnknownException(""), AfterFailure.RollBack },
        { new LogUnavailableException(""), AfterFailure.Wait },
        { new LogFullException(""), AfterFailure.Wait },
        { new LogFencedException(""), AfterFailure.LetGo },
        { new LogCorruptException(""), AfterFailure.Stop },
        { new LogSettingsException(""), AfterFailure.Stop },
        { new LogOffsetOutOfRangeException(new TopicPartition("events", 0), 1, default), AfterFailure.Stop },
    };

    [Theory]
    [MemberData(nameof(Ladder))]
    public async Task AFailure_IsJudged_AndToldOnce(Exception failure, AfterFailure then)
    {
        _work.Runs.Enqueue(() => throw failure);
        var run = NewRunner().RunUntilStoppedAsync(_stop.Token);
        if (then is AfterFailure.RollBack or AfterFailure.Wait)
        {
            await _time.PassAsync(1);
            await LetGoAsync(run);
        }
        Assert.Equal(then != AfterFailure.Stop, await run);
        Assert.Equal((failure, then, true), (_work.Failures.Single().Exception, _work.Failures.Single().Then, _work.Failures.Single().IsFirst));
        Assert.Equal(then == AfterFailure.Stop, _status.State == PartitionState.Stopped);
    }

    [Fact]
    public async Task ABug_IsNoAnswerOfTheLog_AndEndsIt()
    {
        _work.Runs.Enqueue(static () => throw new InvalidOperationException("bug"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => NewRunner().RunAsync(_stop.Token));
        Assert.Empty(_work.Failures);
    }

    [Fact]
    public async Task ServicesSayWhatIsTheirsOfFailures()
    {
        _work.Own = static failure => failure switch
        {
            TimeoutException => AfterFailure.GoOn,
            LogFencedException or InvalidOperationException => AfterFailure.Wait,
            FormatException => AfterFailure.Stop,
            _ => null,
        };
        _work.Runs.Enqueue(static () => throw new TimeoutException());
        _work.Runs.Enqueue(static () => throw new LogFencedException(""));
        _work.Runs.Enqueue(static () => throw new InvalidOperationException());
        _work.Runs.Enqueue(static () => throw new FormatException("act"));
        var run = NewRunner().RunUntilStoppedAsync(_stop.Token);
        // Going on at once has no pause and makes none longer.
        Assert.Equal([100, 200], (await _time.PassAsync(2)).Select(pause => pause.TotalMilliseconds));
        Assert.False(await run);
        Assert.Equal([AfterFailure.GoOn, AfterFailure.Wait, AfterFailure.Wait, AfterFailure.Stop], _work.Failures.Select(failure => failure.Then));
        Assert.Equal([true, true, false, true], _work.Failures.Select(failure => failure.IsFirst));
        Assert.Equal("act", _status.Stopped);
    }

    [Fact]
    public async Task RecoversThenRuns_AfterEachFailureAnew()
    {
        _work.Recoveries.Enqueue(static () => { });
        _work.Recoveries.Enqueue(static () => throw new LogUnavailableException(""));
        _work.Runs.Enqueue(static () => throw new LogTransactionAbortedException(""));
        var run = NewRunner().RunAsync(_stop.Token);
        await _time.PassAsync(2);
        await LetGoAsync(run);
        Assert.Equal(
            [
                "recover Recovering", "run Running", "end", "failed Recovering",
                "recover Recovering", "failed Recovering",
                "recover Recovering", "run Running", "end",
            ],
            _work.Steps);
    }

    [Fact]
    public async Task Pauses_Grow_UntilARunHasAdvanced()
    {
        Fail(9);
        Fail(2, advanced: true);
        Fail(2);
        var run = NewRunner().RunAsync(_stop.Token);
        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 100, 100, 200, 400], (await _time.PassAsync(13)).Select(pause => pause.TotalMilliseconds));
        Assert.Equal([true, false, false, false, false, false, false, false, false, true, true, false, false], _work.Failures.Select(failure => failure.IsFirst));
        await LetGoAsync(run);
    }

    /// <summary>A loader sends its last batch again at each attempt: that it succeeds says nothing about the next one.</summary>
    [Fact]
    public async Task WhatARecoveryFinishes_DoesNotEndTheGrowth()
    {
        for (var i = 0; i < 4; i++)
            _work.Recoveries.Enqueue(_status.Advanced);
        Fail(3);
        var run = NewRunner().RunAsync(_stop.Token);
        Assert.Equal([100, 200, 400], (await _time.PassAsync(3)).Select(pause => pause.TotalMilliseconds));
        await LetGoAsync(run);
    }

    [Fact]
    public async Task Jitter_SpreadsThePause_AndNotWhatIsSaid()
    {
        Fail(1);
        var run = NewRunner(_backoff with { Jitter = new Random(1) }).RunAsync(_stop.Token);
        var pause = await _time.PauseAsync();
        // Timers count whole milliseconds.
        Assert.Equal(Math.Floor(_backoff.First.TotalMilliseconds * (0.75 + new Random(1).NextDouble() / 2)), pause.TotalMilliseconds);
        Assert.Equal(_backoff.First, _work.Failures.Single().Pause);
        await LetGoAsync(run);
    }

    [Fact]
    public async Task LetGo_EndsAPause()
    {
        Fail(5);
        var run = NewRunner().RunAsync(_stop.Token);
        await _time.PassAsync(2);
        await _time.PauseAsync();
        await LetGoAsync(run);
        Assert.Equal(3, _work.Failures.Count);
    }

    [Fact]
    public async Task WhatWaits_IsMeasuredDuringPauses()
    {
        (_work.Position, _log.Range) = (40, static () => new LogRange(0, 100, 100));
        Fail(3);
        var run = NewRunner().RunAsync(_stop.Token);
        await _time.PauseAsync();
        Assert.Equal((40, 60), (_status.Position, _status.Lag));
        // The log does not say: what was known stays, and its age grows.
        _log.Range = static () => throw new LogUnavailableException("");
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await _time.PauseAsync();
        Assert.Equal((60, TimeSpan.FromMilliseconds(100)), (_status.Lag, _status.Oldest.Age));
        // What retention removed waits no more.
        _log.Range = static () => new LogRange(90, 100, 100);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await _time.PauseAsync();
        Assert.Equal(10, _status.Lag);
        await LetGoAsync(run);
    }

    [Fact]
    public async Task Stopped_IsKeptAndMeasured_UntilItIsLetGoOf()
    {
        var end = 10;
        _log.Range = () => new LogRange(0, end, end);
        _work.Runs.Enqueue(static () => throw new LogCorruptException("act"));
        var run = NewRunner().RunAsync(_stop.Token);
        for (var pauses = 0; pauses < 3; pauses++)
        {
            if (pauses > 0)
            {
                end += 10;
                _time.Advance(_backoff.Longest);
            }
            Assert.Equal(_backoff.Longest, await _time.PauseAsync());
            Assert.Equal(("act", end), (_status.Stopped, _status.Lag));
        }
        await LetGoAsync(run);
        Assert.Equal(TimeSpan.FromSeconds(20), _status.Oldest.Age);
        Assert.Equal(["recover Recovering", "run Running", "end", "failed Stopped"], _work.Steps);
    }

    private PartitionRunner NewRunner(Backoff? backoff = null) => new(_log, _work, _work, _status, backoff ?? _backoff, _time);

    private void Fail(int times, bool advanced = false)
    {
        for (var i = 0; i < times; i++)
        {
            _work.Runs.Enqueue(() =>
            {
                if (advanced)
                    _status.Advanced();
                throw new LogUnavailableException("");
            });
        }
    }

    private async Task LetGoAsync(Task run)
    {
        await _stop.CancelAsync();
        await run.WaitAsync(TimeSpan.FromMinutes(1));
    }
}
