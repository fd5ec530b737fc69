using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Contracts;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.EventLog.RocksDb;
using Tidemark.ServiceDefaults;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>A real log in a folder of its own, written to as the collector and the sessionizer would.</summary>
internal sealed class Feed : IAsyncDisposable
{
    public const long Start = 1_790_000_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("aggregator-log-").FullName;
    private readonly byte[] _buffer = new byte[100_000];
    private readonly Dictionary<TopicPartition, long> _committed = [];

    public Feed(int partitions = 2, TimeSpan? retention = null)
    {
        Partitions = partitions;
        Log = RocksDbEventLog.Open(new RocksDbLogOptions { Directory = _folder }, PipelineTopics.Definitions(partitions, retention), TimeProvider.System, NullLogger.Instance);
    }

    public int Partitions { get; }

    /// <summary>Whose commit records these are.</summary>
    public long Writer { get; } = 7;

    /// <summary>True when the sessionizer began the topics anew, as its first records say.</summary>
    public bool BegunAnew { get; init; }

    public RocksDbEventLog Log { get; }

    /// <summary>Appends random events to a partition.</summary>
    public async Task EventsAsync(string topic, int partition, int count, Random random, string import = "", int months = 3)
    {
        using var request = Log.NewAppend(topic);
        for (var i = 0; i < count; i++)
            AddEvent(request, partition, random, import, months);
        await Log.AppendAsync(request, default);
    }

    /// <summary>Takes an import back in a partition of a topic.</summary>
    public async Task UndoAsync(string topic, int partition, string importId)
    {
        using var request = Log.NewAppend(topic);
        var undo = new ImportUndo { Project = "shop"u8, ImportId = Encoding.UTF8.GetBytes(importId), UndoneAt = Start };
        request.AddTo(partition, "undo"u8, _buffer.AsSpan(0, undo.Encode(_buffer)), Start);
        await Log.AppendAsync(request, default);
    }

    public async Task ImportEndAsync(int partition, string import)
    {
        using var request = Log.NewAppend(Topics.History);
        var end = new ImportEnd { Project = "shop"u8, ImportId = Encoding.UTF8.GetBytes(import), EndedAt = Start };
        request.AddTo(partition, "end"u8, _buffer.AsSpan(0, end.Encode(_buffer)), Start);
        await Log.AppendAsync(request, default);
    }

    /// <summary>The sessionizer's commit record up to the end of a partition, or to <paramref name="to"/>.</summary>
    public async Task CommitAsync(string topic, int partition, IReadOnlyList<SkippedRange>? skipped = null, long? to = null)
    {
        var source = new TopicPartition(topic, partition);
        var commit = new SessionizerCommit
        {
            InputTopic = topic,
            InputPartition = partition,
            Rules = 1,
            FromOffset = _committed.GetValueOrDefault(source),
            ToOffset = to ?? (await Log.RangeAsync(source, default)).End,
            Skipped = skipped ?? [],
            TopicId = await Log.IdentityAsync(topic, default),
            Begins = BegunAnew && !_committed.ContainsKey(source),
            Writer = Writer,
            WriterBefore = _committed.ContainsKey(source) ? Writer : 0,
        };
        _committed[source] = commit.ToOffset;
        await StateAsync(commit);
    }

    /// <summary>Any record on <c>sessionizer.state</c>.</summary>
    public Task StateAsync(SessionizerCommit commit) => StateAsync(commit.InputPartition, commit.InputTopic, commit.Encode());

    public async Task StateAsync(int partition, string key, byte[] value)
    {
        using var request = Log.NewAppend(Topics.SessionizerState);
        request.AddTo(partition, Encoding.UTF8.GetBytes(key), value, Start);
        await Log.AppendAsync(request, default);
    }

    public async Task AppendAsync(string topic, int partition, params byte[][] messages)
    {
        using var request = Log.NewAppend(topic);
        foreach (var message in messages)
            request.AddTo(partition, "k"u8, message, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        await Log.AppendAsync(request, default);
    }

    public byte[] Session(ulong id, string visitor, int version, int sign, long startedAt, long durationMs = 60_000, int events = 2, bool bounce = false, params long[] absorbed)
    {
        var fields = new SessionFields
        {
            Project = "shop"u8,
            SessionId = (long)id,
            VisitorId = Encoding.UTF8.GetBytes(visitor),
            Version = version,
            Sign = sign,
            StartedAt = startedAt,
            EndedAt = startedAt + durationMs,
            Events = events,
            Pages = 1,
            Actions = events - 1,
            EntryPage = "/in"u8,
            ExitPage = "/out"u8,
            Browser = "Firefox"u8,
            Os = "Linux"u8,
            AppVersion = "1.2"u8,
            Bounce = bounce,
            Absorbed = absorbed,
        };
        return _buffer[..fields.Encode(_buffer)];
    }

    /// <summary>A session of an import.</summary>
    public byte[] ImportedSession(string importId, ulong id, int version, int sign, long startedAt)
    {
        var fields = new SessionFields
        {
            Project = "shop"u8,
            SessionId = (long)id,
            VisitorId = Encoding.UTF8.GetBytes($"visitor-{id % 300}"),
            Version = version,
            Sign = sign,
            StartedAt = startedAt,
            EndedAt = startedAt + 60_000 * version,
            Events = version,
            Pages = 1,
            Device = id % 2 == 0 ? "phone"u8 : "desktop"u8,
            ImportId = Encoding.UTF8.GetBytes(importId),
            History = true,
        };
        return _buffer[..fields.Encode(_buffer)];
    }

    public byte[] ImportClosedMessage(int partition, string import, long events, long sessions)
    {
        var closed = new ImportClosed { Project = "shop"u8, ImportId = Encoding.UTF8.GetBytes(import), Partition = partition, ClosedAt = Start, Events = events, Sessions = sessions };
        return _buffer[..closed.Encode(_buffer)];
    }

    public byte[] Live(ulong id, long revision, bool deleted, int events)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var live = new LiveSession
        {
            Project = "shop"u8,
            SessionId = (long)id,
            Revision = revision,
            Deleted = deleted,
            VisitorId = "v"u8,
            StartedAt = now - 5_000,
            LastEventAt = now,
            Events = events,
            Browser = "Safari"u8,
            Os = "iOS"u8,
            AppVersion = "2.0"u8,
        };
        return _buffer[..live.Encode(_buffer)];
    }

    public byte[] Late(Random random, LateReason reason, string import = "")
    {
        var inner = new byte[10_000];
        var length = EncodeEvent(random, inner, import, 1, out _);
        var late = new LateEvent { Reason = reason, InputTopic = import.Length == 0 ? "events"u8 : "events.history"u8, InputPartition = 1, InputOffset = 5, Horizon = Start, Event = inner.AsSpan(0, length) };
        return _buffer[..late.Encode(_buffer)];
    }

    public byte[] Rejected(string code, string door = "/v1/events", int partition = -1, long offset = -1, string import = "")
    {
        var rejected = new RejectedEvent
        {
            Project = "shop"u8,
            Code = Encoding.UTF8.GetBytes(code),
            ReceivedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Door = Encoding.UTF8.GetBytes(door),
            ImportId = Encoding.UTF8.GetBytes(import),
            Partition = partition,
            Offset = offset,
            Size = 3,
            Sample = new byte[] { 0xff, 0, 0x80 },
        };
        return _buffer[..rejected.Encode(_buffer)];
    }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void AddEvent(AppendRequest request, int partition, Random random, string import, int months)
    {
        var length = EncodeEvent(random, _buffer, import, months, out var visitor);
        request.AddTo(partition, visitor, _buffer.AsSpan(0, length), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    private static int EncodeEvent(Random random, byte[] target, string import, int months, out byte[] visitor)
    {
        Span<byte> map = stackalloc byte[200];
        var properties = new AvroWriter(map);
        properties.Long(1);
        properties.Bytes("n"u8);
        properties.Bytes(Encoding.UTF8.GetBytes(random.Next(100).ToString()));
        properties.Long(0);
        visitor = Encoding.UTF8.GetBytes($"visitor-{random.Next(300)}");
        var kind = (EventKind)random.Next(4);
        var id = random.NextInt64();
        var fields = new EventFields
        {
            Project = "shop"u8,
            VisitorId = visitor,
            EventId = id,
            OccurredAt = Start + random.NextInt64(0, months * 2_600_000_000L),
            // The lower half of the id, so that a query can tell whether it is the event's own.
            Seq = (int)id & int.MaxValue,
            Kind = kind,
            Type = kind == EventKind.Page ? EventType.Page : EventType.Track,
            ImportId = Encoding.UTF8.GetBytes(import),
            Page = Encoding.UTF8.GetBytes($"/p/{random.Next(20)}"),
            Event = Encoding.UTF8.GetBytes($"event {random.Next(6)}"),
            ReceivedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Properties = map[..properties.Length],
        };
        return fields.Encode(target);
    }
}
