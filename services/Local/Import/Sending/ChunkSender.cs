using System.Buffers;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Sorting;

namespace Tidemark.Local.Import.Sending;

/// <summary>
/// Sends sorted events in chunks, one after the other: the next goes when the last is durable. Several at a time would let a chunk overtake one that has to be
/// sent again, and its events, hours or days earlier, would be late. While one is under way the next is put together.
/// </summary>
internal sealed class ChunkSender(HistoryClient client, RejectedLines rejected)
{
    /// <summary>The collector's limit of events in a request.</summary>
    private const int MaxEvents = 2500;

    /// <summary>The collector's limit of a body is 1 MiB; a bit less leaves room for the last event's line end.</summary>
    private const int MaxBytes = (1 << 20) - 1024;

    private Chunk _filling = new();
    private Chunk _sending = new();

    public long Accepted { get; private set; }

    /// <summary>Events that the collector has answered for, called after every chunk.</summary>
    public Action<long>? OnSent { get; init; }

    public async Task SendAsync(IEnumerable<SortedEvent> events, CancellationToken cancellation)
    {
        var underWay = Task.CompletedTask;
        foreach (var one in events)
        {
            if (_filling.Lines.Count == MaxEvents || _filling.Body.WrittenCount + one.Json.Length + 1 > MaxBytes)
                underWay = await NextAsync(underWay, cancellation);
            _filling.Body.Write(one.Json.Span);
            _filling.Body.Write("\n"u8);
            _filling.Lines.Add(one.Line);
        }
        if (_filling.Lines.Count > 0)
            underWay = await NextAsync(underWay, cancellation);
        await underWay;
    }

    private async Task<Task> NextAsync(Task underWay, CancellationToken cancellation)
    {
        await underWay;
        (_filling, _sending) = (_sending, _filling);
        _filling.Body.ResetWrittenCount();
        _filling.Lines.Clear();
        return SendAsync(_sending, cancellation);
    }

    private async Task SendAsync(Chunk chunk, CancellationToken cancellation)
    {
        var (accepted, refused) = await client.SendAsync(chunk.Body.WrittenMemory, cancellation);
        Accepted += accepted;
        foreach (var (index, code) in refused)
            rejected.Add(code, chunk.Lines[index]);
        OnSent?.Invoke(chunk.Lines.Count);
    }

    private sealed class Chunk
    {
        public ArrayBufferWriter<byte> Body { get; } = new(1 << 20);

        public List<long> Lines { get; } = new(MaxEvents);
    }
}
