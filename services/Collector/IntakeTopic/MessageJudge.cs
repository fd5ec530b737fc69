using System.Text;
using Microsoft.Extensions.Logging;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>Judges one message at a time as a door judges the body of a request. Whatever is in it, there is a verdict.</summary>
internal sealed class MessageJudge(
    CollectorOptions options, BatchReaders readers, MessageProjects projects, TopicPartition partition, TimeProvider time, ILogger logger)
{
    // The events say by themselves whose they are.
    private static readonly WriteKey _nobody = new([], false, null);

    private readonly TopicMessage _message = new(projects, partition.Partition);
    private readonly Rejection[] _whole = new Rejection[1];
    private BatchReader _reader = null!;
    private int _skewed;
    private int _replaced;

    /// <summary>What is true of the message that was judged last.</summary>
    internal EventSource Source { get; private set; } = null!;

    /// <summary>Events of the last message that were put into the target.</summary>
    internal int Accepted { get; private set; }

    /// <summary>Its refused events, or one with index -1 when it was refused as a whole.</summary>
    internal IReadOnlyList<Rejection> Rejections { get; private set; } = [];

    /// <summary>Receipt is the collector's clock, as for HTTP: the time on a message is its producer's, and no foreign clock may move the horizon into the future.</summary>
    internal void Begin()
    {
        Use(readers.Get());
        Source = new EventSource(_nobody, Lane.Live, [], false, time.GetUtcNow().ToUnixTimeMilliseconds(), [], Encoding.ASCII.GetBytes(Topics.Intake)) { Message = _message };
    }

    internal void End(IntakeCounts counts)
    {
        counts.Mended(_reader.Skewed - _skewed, _reader.Replaced - _replaced);
        readers.Return(_reader);
    }

    /// <summary>Puts the accepted events into the target, which is empty before and stays so when there are none.</summary>
    internal void Judge(in LogRecord record, AppendRequest target)
    {
        _message.Begin(record.Offset, record.TimestampMs);
        var code = Read(record.Value, target);
        Accepted = code == RejectCode.None ? _reader.Accepted : 0;
        Rejections = code == RejectCode.None ? _reader.Rejections : _whole;
        if (code == RejectCode.None)
            return;
        target.Clear();
        _whole[0] = new Rejection(-1, code, 0, record.Value.Length);
    }

    internal byte[] ProjectOf(ReadOnlySpan<byte> refused) => projects.OfRefused(refused);

    private RejectCode Read(ReadOnlySpan<byte> body, AppendRequest target)
    {
        if (body.Length > options.MaxBodyBytes)
            return RejectCode.BodyTooLarge;
        try
        {
            return _reader.Read(body, Source, target);
        }
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
        {
            // A bug in reading one message must not hold up its partition for ever. The reader is in an unknown state and is left behind.
            logger.MessageFailed(partition, _message.Offset, unexpected);
            Use(readers.Get());
            return RejectCode.Internal;
        }
    }

    private void Use(BatchReader reader)
    {
        _reader = reader;
        _skewed = reader.Skewed;
        _replaced = reader.Replaced;
    }
}
