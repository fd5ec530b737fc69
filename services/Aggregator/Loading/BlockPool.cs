using System.Collections.Concurrent;
using Tidemark.Aggregator.Tables;
using Tidemark.Contracts;

namespace Tidemark.Aggregator.Loading;

/// <summary>
/// Bounds how many batches exist at once, and with them memory and load on the engine. The live lane has places of its own, so that an import never holds it up.
/// </summary>
internal sealed class BlockPool(int parallel) : IDisposable
{
    private readonly SemaphoreSlim _live = new(parallel);
    private readonly SemaphoreSlim _bulk = new(parallel);
    private readonly ConcurrentDictionary<string, ConcurrentBag<TopicBlock>> _idle = new();

    /// <summary>Waits for a place and gives an empty block for the topic; dispose the lease after use.</summary>
    public async ValueTask<Lease> RentAsync(string topic, CancellationToken cancellation)
    {
        var places = topic is Topics.Events or Topics.LiveSessions ? _live : _bulk;
        await places.WaitAsync(cancellation);
        return new Lease(this, places, topic, Idle(topic).TryTake(out var block) ? block : New(topic));
    }

    public void Dispose()
    {
        _live.Dispose();
        _bulk.Dispose();
    }

    private static TopicBlock New(string topic) => topic switch
    {
        Topics.Events or Topics.History => EventBlock.New(),
        Topics.Sessions => SessionBlock.New(),
        Topics.LiveSessions => LiveSessionBlock.New(),
        Topics.Late => LateEventBlock.New(),
        Topics.Rejected => RejectedEventBlock.New(),
        _ => throw new ArgumentException($"topic {topic} goes into no table", nameof(topic)),
    };

    private ConcurrentBag<TopicBlock> Idle(string topic) => _idle.GetOrAdd(topic, _ => []);

    /// <summary>A block and a place; a block that grew large gives its memory back, an idle loader holds none.</summary>
    internal sealed class Lease(BlockPool pool, SemaphoreSlim places, string topic, TopicBlock block) : IDisposable
    {
        private const long KeptBytes = 1_000_000;

        public TopicBlock Block { get; } = block;

        public void Dispose()
        {
            if (Block.RecordBytes > KeptBytes)
                Block.Release();
            else
                Block.Clear();
            pool.Idle(topic).Add(Block);
            places.Release();
        }
    }
}
