using System.Security.Cryptography;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// What an owner puts into its commit records so that readers know them for its own (<see cref="CommitChain"/>): the topic they are about, a writer drawn for the time it owns the
/// partition, and the writer before it.
/// </summary>
internal sealed class CommitTenure(IEventLog log, TopicPartition input, string topicId, long writerBefore, bool begins)
{
    private long _writerBefore = writerBefore;
    private bool _begins = begins;

    /// <summary>Drawn for the time that the partition is owned.</summary>
    public long Writer { get; } = NewWriter();

    /// <summary>The record with the owner's marks.</summary>
    public SessionizerCommit Sign(SessionizerCommit commit) =>
        commit with { TopicId = topicId, Begins = _begins, Writer = Writer, WriterBefore = _writerBefore };

    /// <summary>A signed record is in the log.</summary>
    public void Committed() => (_writerBefore, _begins) = (Writer, false);

    /// <summary>
    /// Asked before each commit: a topic can be made anew under a running sessionizer, and its reader would go on at the same offset. Throws <see cref="PartitionStoppedException"/>.
    /// </summary>
    public async ValueTask CheckTopicAsync(CancellationToken cancellation)
    {
        var now = await log.IdentityAsync(input.Topic, cancellation);
        if (now != topicId)
            throw new PartitionStoppedException($"{input} was deleted and made anew: it has the id {now}, its events up to now were of the topic {topicId}; start again, which says what can be done");
    }

    private static long NewWriter()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        // 0 stands for records without a writer.
        return BitConverter.ToInt64(bytes) | 1;
    }
}
