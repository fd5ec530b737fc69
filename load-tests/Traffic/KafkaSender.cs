using System.Diagnostics;
using Confluent.Kafka;

namespace Tidemark.LoadTests.Traffic;

/// <summary>Produces to the topic of the Kafka door as any application would, until the broker has acknowledged.</summary>
internal sealed class KafkaSender : IDisposable
{
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly string _topic;

    internal KafkaSender(string bootstrap, string topic)
    {
        _topic = topic;
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrap,
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 5,
            Partitioner = Partitioner.Murmur2Random,
            MessageTimeoutMs = 60_000,
        }).SetLogHandler(static (_, _) => { }).Build();
    }

    /// <summary>Returns the moment of the acknowledgement of the last one.</summary>
    internal async Task<long> SendAsync(IReadOnlyList<SentEvent> events)
    {
        await Task.WhenAll(events.Select(SendAsync));
        return Stopwatch.GetTimestamp();
    }

    public void Dispose()
    {
        _producer.Flush(TimeSpan.FromSeconds(10));
        _producer.Dispose();
    }

    private async Task SendAsync(SentEvent sent)
    {
        while (true)
        {
            try
            {
                await _producer.ProduceAsync(_topic, new Message<byte[], byte[]> { Key = [], Value = sent.Json });
                return;
            }
            catch (ProduceException<byte[], byte[]>)
            {
                await Task.Delay(100);
            }
        }
    }
}
