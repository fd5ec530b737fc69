using Confluent.Kafka;

namespace Tidemark.EventLog.Kafka;

/// <summary>
/// The one admin client of a log. Confluent.Kafka's frees the queue of its answers first and itself up to 0.1 s later: a question asked in between, which a caller that was
/// cancelled long ago may do, ends the process; and an answer that comes after it is never told. Here nothing is asked once closing has begun, and whoever waits hears of it.
/// </summary>
internal sealed class AdminCalls(IAdminClient client) : IDisposable
{
    private readonly CallGate _gate = new();
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Blocks for at most that long, also when the log closes meanwhile. Throws <see cref="ObjectDisposedException"/> when it has closed.</summary>
    internal Metadata Metadata(string topic, TimeSpan patience) => _gate.Inside(() => client.GetMetadata(topic, patience));

    /// <summary>The question has to be on its way when <paramref name="question"/> returns. Throws <see cref="ObjectDisposedException"/> when the log closes before the answer.</summary>
    internal async Task<T> AskAsync<T>(Func<IAdminClient, Task<T>> question)
    {
        var answer = _gate.Inside(() => question(client));
        await HearAsync(answer).ConfigureAwait(false);
        return await answer.ConfigureAwait(false);
    }

    /// <inheritdoc cref="AskAsync{T}"/>
    internal Task AskAsync(Func<IAdminClient, Task> question) => HearAsync(_gate.Inside(() => question(client)));

    /// <summary>Blocks until the last call that blocks has ended, which is its own patience at most.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        _gate.Close();
        client.Dispose();
        _closing.Dispose();
    }

    private async Task HearAsync(Task answer)
    {
        try
        {
            await answer.WaitAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(KafkaEventLog), "The log was closed before the brokers answered.");
        }
    }
}
