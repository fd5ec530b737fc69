using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Tidemark.Resilience;

namespace Tidemark.EventLog.Kafka.Topics;

/// <summary>
/// Knows whether there is a log: first by checking the topics, for as long as it takes, then by asking the brokers whenever a client has lost all of them.
/// </summary>
internal sealed class BrokerWatch : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _tellEvery = TimeSpan.FromSeconds(30);
    private static readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));
    private readonly KafkaLogOptions _options;
    private readonly IReadOnlyList<TopicDefinition> _topics;
    private readonly TopicCheck _check;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _checked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _suspicion = new(0, 1);
    private volatile string? _why = "it has not been asked yet";

    internal BrokerWatch(KafkaLogOptions options, IReadOnlyList<TopicDefinition> topics, AdminCalls admin, TimeProvider time, ILogger logger)
    {
        (_options, _topics, _check, _time, _logger) = (options, topics, new TopicCheck(options, topics, admin), time, logger);
        // A failure may have no listener, when the process ends by another reason.
        _ = _checked.Task.ContinueWith(static failed => failed.Exception, TaskScheduler.Default);
    }

    /// <summary>Completes when the topics are right; fails with <see cref="LogSettingsException"/> when one is not.</summary>
    internal Task Checked => _checked.Task;

    /// <summary>Why there is no log now; null while there is.</summary>
    internal string? Why => _why;

    /// <summary>A client has lost all brokers: they are asked, and appends are refused from the first failure on.</summary>
    internal void Suspect()
    {
        try
        {
            _suspicion.Release();
        }
        catch (Exception told) when (told is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else was faster.
        }
    }

    internal async Task RunAsync(CancellationToken closing)
    {
        try
        {
            var created = 0;
            await UntilItAnswersAsync(async () => created += await _check.RunAsync(closing).ConfigureAwait(false), closing).ConfigureAwait(false);
            _logger.Checked(_options.BootstrapServers, _topics.Count, created, Native.KafkaLibrary.Version);
            _checked.TrySetResult();
            while (true)
            {
                await _suspicion.WaitAsync(closing).ConfigureAwait(false);
                await UntilItAnswersAsync(() => _check.AskAsync(_patience).WaitAsync(closing), closing).ConfigureAwait(false);
            }
        }
        catch (LogSettingsException wrong)
        {
            _why = wrong.Message;
            _logger.WrongTopics(wrong.Message);
            _checked.TrySetException(wrong);
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            _checked.TrySetException(new LogUnavailableException("The log is closed."));
        }
    }

    /// <summary>Asks the brokers now; null when they answer and appends are taken.</summary>
    internal async Task<string?> AskNowAsync(TimeSpan patience, CancellationToken cancellation)
    {
        if (!_checked.Task.IsCompletedSuccessfully)
            return _why;
        try
        {
            await _check.AskAsync(patience).WaitAsync(patience + TimeSpan.FromMilliseconds(500), cancellation).ConfigureAwait(false);
            // Until the watch has heard of it too, appends are refused: who is told that there is a log may rely on it.
            return _why;
        }
        catch (ObjectDisposedException)
        {
            return "the log is closed";
        }
        catch (Exception failed) when (failed is KafkaException or TimeoutException)
        {
            // No connection breaks when a topic is deleted; without this, appends would wait for it until they time out.
            if (failed is KafkaException { Error.IsLocalError: false })
                Suspect();
            return Reason(failed);
        }
    }

    public void Dispose() => _suspicion.Dispose();

    private async Task UntilItAnswersAsync(Func<Task> question, CancellationToken closing)
    {
        var begun = _time.GetTimestamp();
        long told = 0;
        var asking = RetryForever.Pipeline(_backoff, _time, static failed => failed is KafkaException, failed =>
        {
            _why = Reason(failed);
            // A topic made a moment ago is no reason to say anything.
            if (_time.GetElapsedTime(begun) <= _patience || (told != 0 && _time.GetElapsedTime(told) < _tellEvery))
                return;
            told = _time.GetTimestamp();
            _logger.Waiting(_options.BootstrapServers, _why, _time.GetElapsedTime(begun).TotalSeconds);
        });
        await asking.ExecuteAsync(async _ => await question().ConfigureAwait(false), closing).ConfigureAwait(false);
        _why = null;
        if (told != 0)
            _logger.Back(_options.BootstrapServers, _time.GetElapsedTime(begun).TotalSeconds);
    }

    private string Reason(Exception failed) => failed is KafkaException { Error.Code: not (ErrorCode.Local_TimedOut or ErrorCode.Local_Transport) } known
        ? known.Error.Reason
        : $"no broker at {_options.BootstrapServers} answers";
}
