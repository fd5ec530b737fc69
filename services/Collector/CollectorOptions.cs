using System.ComponentModel.DataAnnotations;

namespace Tidemark.Collector;

/// <summary>Everything the collector can be told. Checked as a whole by <see cref="CollectorOptionsCheck"/> before it starts.</summary>
public sealed record CollectorOptions
{
    /// <summary>Projects with their write keys; at least one.</summary>
    public IReadOnlyList<ProjectOptions> Projects { get; init; } = [];

    /// <summary>Bytes of a body on the wire; default 1 MiB. More is 413.</summary>
    public int MaxBodyBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of a body after inflating; default 4 MiB, counted while inflating. More is 413.</summary>
    public int MaxInflatedBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of one event as JSON; default 32 KiB. A larger one is rejected as <c>event_too_large</c>, its neighbours are taken.</summary>
    public int MaxEventBytes { get; init; } = 32 << 10;

    /// <summary>Events in one request; default 2,500. More is 413 <c>too_many_events</c> and nothing is stored.</summary>
    public int MaxEventsPerRequest { get; init; } = 2500;

    /// <summary>Members of <c>properties</c> and <c>traits</c> together, nested ones included; default 255.</summary>
    public int MaxPropertyKeys { get; init; } = 255;

    /// <summary>Levels of objects and arrays, <c>properties</c> (or <c>context</c>, <c>traits</c>) itself being the first; default 8.</summary>
    public int MaxDepth { get; init; } = 8;

    /// <summary>Bytes of one member's name; default 255.</summary>
    public int MaxKeyBytes { get; init; } = 255;

    /// <summary>Bytes of an anonymous, user or message id; default 1,024.</summary>
    public int MaxIdBytes { get; init; } = 1024;

    /// <summary>Bytes of any other text; default 16 KiB, enough for a stack trace.</summary>
    public int MaxTextBytes { get; init; } = 16 << 10;

    /// <summary>How far ahead of its receipt an event may be; default 5 min. Up to it the time is set to the receipt, beyond it is <c>ts_future</c>. Live lane.</summary>
    public TimeSpan MaxFuture { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How old an event may be; default 30 days. Older is <c>ts_too_old</c>. Live lane.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Delay between sending and receipt that counts as the network's or a retry's; default 5 min. Beyond it the device's clock is wrong.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How far a device's clock may be ahead without being corrected; default 5 s.</summary>
    public TimeSpan MaxAhead { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of bodies being worked on, as received and inflated; default 128 MiB. Past it 503 with Retry-After. Memory in use is about three times this.</summary>
    public long MaxInFlightBytes { get; init; } = 128L << 20;

    /// <summary>Events per second that one key may send, over ten seconds; null (the default) is no limit. Past it 429 with Retry-After.</summary>
    public int? MaxEventsPerSecondPerKey { get; init; }

    /// <summary>Rejected events per second that are kept in topic <c>events.rejected</c>, in the long run; default 50 (at most about 5 GB a day).</summary>
    public int RejectedPerSecond { get; init; } = 50;

    /// <summary>Rejected events that may be kept at once before <see cref="RejectedPerSecond"/> counts; default 10,000.</summary>
    public int RejectedBurst { get; init; } = 10_000;

    /// <summary>Whether topic <c>events.intake</c> is read; default true. The local edition has no such topic.</summary>
    public bool IntakeTopic { get; init; } = true;

    /// <summary>Project of those events of the intake topic that name none; default none, which is the only project where there is one, and else <c>write_key</c>.</summary>
    public string? IntakeProject { get; init; }

    /// <summary>How long events of the intake topic are gathered for one transaction; default 200 ms. Longer costs less, and readers see the events that much later.</summary>
    public TimeSpan IntakeCommitInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Messages of the intake topic in one transaction; default 10,000.</summary>
    public int IntakeCommitRecords { get; init; } = 10_000;

    /// <summary>Bytes of messages of the intake topic in one transaction; default 4 MiB. Memory in use is about four times this for each partition that is read.</summary>
    public int IntakeCommitBytes { get; init; } = 4 << 20;

    /// <summary>Seconds that 429 and 503 tell the client to wait; default 1.</summary>
    public int RetryAfterSeconds { get; init; } = 1;

    /// <summary>Origins of pages that may send events from a browser, such as <c>https://www.example.org</c>; "*" is any. Default none. Never with credentials.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Whether pages served from this machine (<c>http://localhost:3000</c> or <c>http://127.0.0.1</c>) may send events from a browser too; for trying things out. Default false.</summary>
    public bool AllowLoopbackOrigins { get; init; }
}

/// <summary>A project: its events are apart from all others'.</summary>
public sealed record ProjectOptions
{
    /// <summary>Lower-case letters, digits, '-' and '_', 1 to 64 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Keys that may write to it.</summary>
    public IReadOnlyList<WriteKeyOptions> Keys { get; init; } = [];

    /// <summary>
    /// The only origins whose pages may use the project's keys, secret or not; "*" is any. Programs may use them anyway: they say no origin. Default none: a secret key may be used from every
    /// page, a <see cref="WriteKeyOptions.WellKnown"/> one from those of <see cref="CollectorOptions.AllowedOrigins"/>.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];
}

/// <summary>A write key of a project.</summary>
public sealed record WriteKeyOptions
{
    /// <summary>The key itself; at least one visible ASCII character, no colon (basic authentication ends there).</summary>
    [DataType(DataType.Password)]
    public required string Key { get; init; }

    /// <summary>True when it may also post to the history doors; default false.</summary>
    public bool History { get; init; }

    /// <summary>
    /// True when the key is no secret, because everybody has the same or finds it printed: it tells the project, but a web page may use it only when its origin is one of
    /// <see cref="CollectorOptions.AllowedOrigins"/>. Default false: a key is secret enough that a page has it from its owner.
    /// </summary>
    public bool WellKnown { get; init; }

    /// <summary>True when it is known but no longer valid; answered like an unknown one. Default false.</summary>
    public bool Revoked { get; init; }
}
