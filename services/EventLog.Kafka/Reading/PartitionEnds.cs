using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka.Reading;

/// <summary>
/// Asks the brokers for the committed ends of partitions: for every open reader once a second, and at once for those that have to prove that there is nothing more.
/// All that ask at the same time share a question, and there is one question at a time.
/// </summary>
internal sealed class PartitionEnds(KafkaLogOptions options, AdminCalls admin, ReaderClients readers, ILogger logger) : IDisposable
{
    /// <summary>The answer to give when there is none.</summary>
    internal const long Unknown = -1;

    private static readonly TimeSpan _every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _asked = new(0, 1);
    private Dictionary<TopicPartition, TaskCompletionSource<long>> _next = [];

    /// <summary>The committed end of the partition, not older than this call; <see cref="Unknown"/> when the brokers do not say.</summary>
    internal Task<long> AskAsync(TopicPartition partition)
    {
        lock (_gate)
        {
            if (_next.TryGetValue(partition, out var known))
                return known.Task;
            var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            _next.Add(partition, answer);
            if (_next.Count == 1 && _asked.CurrentCount == 0)
                _asked.Release();
            return answer.Task;
        }
    }

    internal async Task RunAsync(CancellationToken closing)
    {
        var all = Environment.TickCount64;
        try
        {
            while (true)
            {
                await _asked.WaitAsync(_every, closing).ConfigureAwait(false);
                Dictionary<TopicPartition, TaskCompletionSource<long>> asked;
                lock (_gate)
                    (asked, _next) = (_next, []);
                var open = Array.Empty<KafkaLogReader>() as IReadOnlyList<KafkaLogReader>;
                if (Environment.TickCount64 - all >= _every.TotalMilliseconds)
                {
                    all = Environment.TickCount64;
                    open = readers.Readers();
                    readers.Poll();
                }
                var ends = await EndsAsync([.. asked.Keys.Union(open.Where(reader => reader.IsStarted).Select(reader => reader.Partition))], closing).ConfigureAwait(false);
                foreach (var (partition, answer) in asked)
                    answer.TrySetResult(ends.GetValueOrDefault(partition, Unknown));
                foreach (var reader in open)
                    reader.Learn(ends.GetValueOrDefault(reader.Partition, Unknown));
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            lock (_gate)
            {
                foreach (var answer in _next.Values)
                    answer.TrySetResult(Unknown);
            }
        }
    }

    public void Dispose() => _asked.Dispose();

    private async Task<Dictionary<TopicPartition, long>> EndsAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken closing)
    {
        if (partitions.Count == 0)
            return [];
        try
        {
            return await PartitionOffsets.ListAsync(
                admin, options, partitions, OffsetSpec.Latest(), IsolationLevel.ReadCommitted, _patience).WaitAsync(closing).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // Whatever it is: without this loop no reader would ever be at the end again.
            logger.EndsUnknown(failed.Message);
            return [];
        }
    }
}
