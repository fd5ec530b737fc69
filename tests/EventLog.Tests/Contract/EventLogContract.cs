namespace Tidemark.EventLog.Tests.Contract;

/// <summary>
/// What every implementation of <see cref="IEventLog"/> has to do. Tests use the interface alone; an implementation adds a class that opens it. xunit makes one
/// instance per test: each gets an empty log of its own.
/// </summary>
public abstract partial class EventLogContract : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(6));

    /// <summary>What this implementation needs and does not find; null when it has all.</summary>
    protected virtual string? WhySkipped => null;

    /// <summary>The earliest time that a record can carry, in milliseconds since 1970.</summary>
    protected virtual long EarliestTimestamp => -1_000_000_000_000;

    /// <summary>How often a test may have a partition change hands: with brokers that takes seconds.</summary>
    protected virtual int HandOvers => 200;

    /// <summary>How many records a test may append one after another while others read and trim.</summary>
    protected virtual int ManyAppends => 2_000;

    /// <summary>By which the log tells how old records are.</summary>
    protected ShiftedClock Clock { get; } = new();

    /// <summary>Opens the test's log, or opens it again after the test has closed it: with what it held.</summary>
    protected abstract Task<IEventLog> OpenLogAsync(IReadOnlyList<TopicDefinition> topics);

    /// <summary>Arguments by which the host process (tests/EventLog.Host) opens the same log.</summary>
    protected abstract IReadOnlyList<string> HostArguments { get; }

    /// <summary>Ends a test that waits for something that does not come.</summary>
    protected CancellationToken Timeout => _timeout.Token;

    protected static TopicDefinition Events { get; } = new("events", 4) { Large = true };

    protected static TopicDefinition Sessions { get; } = new("sessions", 4) { Large = true };

    protected static TopicDefinition State { get; } = new("state", 2) { Compacted = true };

    private Task<IEventLog> OpenAsync(params IReadOnlyList<TopicDefinition> topics)
    {
        Skip.If(WhySkipped is not null, WhySkipped);
        return OpenLogAsync(topics);
    }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync()
    {
        _timeout.Dispose();
        return Task.CompletedTask;
    }
}
