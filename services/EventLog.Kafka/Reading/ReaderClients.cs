using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka.Reading;

/// <summary>The clients of all readers: as many as the most-read partition has readers, so mostly one or two for any number of partitions.</summary>
internal sealed class ReaderClients(KafkaLogOptions options, Action allBrokersDown, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ReaderClient> _clients = [];
    private readonly HashSet<KafkaLogReader> _readers = [];
    private readonly List<Task> _ending = [];
    private bool _closed;

    internal void Add(KafkaLogReader reader)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(KafkaEventLog));
            _readers.Add(reader);
        }
    }

    internal void Remove(KafkaLogReader reader)
    {
        lock (_gate)
            _readers.Remove(reader);
    }

    /// <summary>A client that does not read this partition yet, and its handle of the topic.</summary>
    internal (ReaderClient Client, nint Topic) Take(TopicPartition partition)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(KafkaEventLog));
            var client = _clients.Find(client => !client.IsAbandoned && !client.Partitions.Contains(partition));
            if (client is null)
                _clients.Add(client = new ReaderClient(options, allBrokersDown, logger));
            client.Partitions.Add(partition);
            return (client, client.Topic(partition.Topic));
        }
    }

    internal void GiveBack(ReaderClient client, TopicPartition partition)
    {
        lock (_gate)
        {
            client.Partitions.Remove(partition);
            if (!client.IsAbandoned || client.Partitions.Count > 0 || _closed)
                return;
            _clients.Remove(client);
            // It waits for the client's threads, and the caller holds up a reader.
            _ending.RemoveAll(static task => task.IsCompleted);
            _ending.Add(Task.Run(client.Dispose));
        }
    }

    /// <summary>Readers get another client from now on; this one ends when the last of its own has given it back.</summary>
    internal void Abandon(ReaderClient client)
    {
        lock (_gate)
            client.IsAbandoned = true;
    }

    internal IReadOnlyList<KafkaLogReader> Readers()
    {
        lock (_gate)
            return [.. _readers];
    }

    internal void Poll()
    {
        lock (_gate)
        {
            foreach (var client in _clients)
                client.Poll();
        }
    }

    /// <summary>Readers that are still open throw <see cref="ObjectDisposedException"/> from now on.</summary>
    public void Dispose()
    {
        lock (_gate)
            _closed = true;
        foreach (var reader in Readers())
            reader.Dispose();
        foreach (var client in _clients)
            client.Dispose();
        Task.WaitAll(_ending);
    }
}
