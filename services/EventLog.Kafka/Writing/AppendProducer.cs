using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog.Kafka.Native;

namespace Tidemark.EventLog.Kafka.Writing;

/// <summary>
/// One idempotent producer of librdkafka and the thread that serves its delivery reports. It lives until it is closed, or until the brokers have lost track of its
/// sequence numbers (<see cref="IsBroken"/>); then another one takes its place.
/// </summary>
internal sealed unsafe class AppendProducer : IRdOwner
{
    private const int PollMs = 100;
    private const int PurgeAll = 3;
    private const int OutOfOrderSequence = 45;
    private readonly ILogger _logger;
    private readonly Action _allBrokersDown;
    private readonly GCHandle _self;
    private readonly nint _client;
    private readonly Dictionary<string, nint> _topics = [];
    private readonly Thread _poll;
    private readonly CallGate _gate = new();
    private volatile bool _stopping;

    internal AppendProducer(KafkaLogOptions options, IEnumerable<string> topics, Action allBrokersDown, ILogger logger)
    {
        _logger = logger;
        _allBrokersDown = allBrokersDown;
        _self = GCHandle.Alloc(this);
        _client = RdClient.Create(Rd.Producer, ClientSettings.Appending(options), _self, &OnDelivered);
        foreach (var topic in topics)
            _topics.Add(topic, Rd.TopicNew(_client, options.TopicPrefix + topic, nint.Zero));
        _poll = new Thread(Poll) { IsBackground = true, Name = "kafka append" };
        _poll.Start();
    }

    /// <summary>A fatal error: nothing can be produced with it any more.</summary>
    internal volatile bool IsBroken;

    /// <summary>False when it is being closed; otherwise <see cref="Leave"/> has to follow.</summary>
    internal bool TryEnter() => _gate.TryEnter();

    internal void Leave() => _gate.Leave();

    /// <summary>
    /// Hands the records over, partition by partition, each under its lock: the records of a request stand one after another in the queue of their partition, and so
    /// in the log, whatever other requests are produced at the same time.
    /// </summary>
    internal void Produce(PendingAppend append, AppendRequest request, Lock[] partitions)
    {
        var fields = stackalloc RdField[8];
        fields[0] = new RdField { Kind = RdFieldKind.Topic, Pointer = _topics[request.Topic] };
        fields[1] = new RdField { Kind = RdFieldKind.Flags, Number = Rd.MessageCopy };
        fields[2] = new RdField { Kind = RdFieldKind.Opaque, Pointer = append.Opaque };
        fields[3] = new RdField { Kind = RdFieldKind.Partition };
        fields[4] = new RdField { Kind = RdFieldKind.Timestamp };
        fields[5] = new RdField { Kind = RdFieldKind.Key };
        fields[6] = new RdField { Kind = RdFieldKind.Value };
        fields[7] = new RdField { Kind = RdFieldKind.Header };
        Span<byte> trace = stackalloc byte[request.Trace is null ? 0 : 128];
        if (request.Trace is not null && Encoding.UTF8.TryGetBytes(request.Trace, trace, out var length))
            trace = trace[..length];
        else
            trace = default;

        var left = request.Count;
        fixed (byte* header = TraceHeader.Name, traceParent = trace)
        {
            fields[7].Pointer = (nint)header;
            fields[7].HeaderValue = traceParent;
            fields[7].HeaderLength = trace.Length;
            for (var i = 0; i < request.PartitionCount; i++)
            {
                var builder = request.Records(i);
                if (builder.Count == 0)
                    continue;
                var records = new RecordSet(builder.Data, 0, builder.Count, builder.BaseTimestampMs);
                fields[3].Number = i;
                int error;
                lock (partitions[i])
                    error = Produce(records, fields, trace.Length > 0, ref left);
                if (error != 0)
                {
                    append.NotProduced(left, error);
                    break;
                }
            }
        }
        append.Produced();
    }

    private int Produce(RecordSet records, RdField* fields, bool traced, ref int left)
    {
        byte empty = 0;
        nuint count = traced ? 8u : 7u;
        foreach (var record in records)
        {
            fixed (byte* key = record.Key, value = record.Value)
            {
                // Zero would mean "now", and what is below it is refused.
                fields[4].LongNumber = Math.Max(record.TimestampMs, 1);
                fields[5].Pointer = (nint)key;
                fields[5].Length = (nuint)record.Key.Length;
                // A null value would be a deletion.
                fields[6].Pointer = value is null ? (nint)(&empty) : (nint)value;
                fields[6].Length = (nuint)record.Value.Length;
                var failed = Rd.Produce(_client, fields, count);
                if (failed != nint.Zero)
                {
                    var error = Rd.ErrorCode(failed);
                    Rd.ErrorDestroy(failed);
                    if (error == RdError.Fatal)
                        IsBroken = true;
                    return error;
                }
            }
            left--;
            count = 7;
        }
        return 0;
    }

    /// <summary>For tests: what brokers do that have lost their producer state.</summary>
    internal void Break() => _ = Rd.TestFatalError(_client, OutOfOrderSequence, "a test");

    /// <summary>Nobody may enter any more; what is queued gets its report, at the latest by being dropped. Blocks.</summary>
    internal void Close(Func<bool> settled, TimeSpan patience)
    {
        _gate.Close();
        if (!IsBroken)
        {
            var until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
            while (!settled() && Environment.TickCount64 < until)
                Thread.Sleep(5);
        }
        _ = Rd.Purge(_client, PurgeAll);
        _stopping = true;
        _poll.Join();
        foreach (var topic in _topics.Values)
            Rd.TopicDestroy(topic);
        Rd.Destroy(_client);
        _self.Free();
    }

    void IRdOwner.OnLog(int level, string facility, string text) => _logger.Library(level, facility, text);

    void IRdOwner.OnError(int error, string reason)
    {
        if (error == RdError.Fatal)
        {
            IsBroken = true;
            _logger.ProducerBroken(reason);
        }
        else if (error == RdError.AllBrokersDown)
        {
            _allBrokersDown();
        }
    }

    private void Poll()
    {
        while (!_stopping)
            _ = Rd.Poll(_client, PollMs);
        // Reports of what was purged.
        while (Rd.Poll(_client, 0) > 0)
        {
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDelivered(nint client, RdMessage* message, nint opaque) =>
        PendingAppend.Of(message->Opaque).Delivered(message->Partition, message->Offset, message->Error);
}
