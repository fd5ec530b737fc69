using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidemark.ServiceDefaults.Health;

/// <summary>
/// A health check that asks another system. Its answer holds for two seconds and is asked for once however many want it, so that polling costs nothing and a system that
/// hangs is not asked more and more.
/// </summary>
public sealed class Reachability : IHealthCheck
{
    private static readonly TimeSpan _holds = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Func<CancellationToken, ValueTask<string?>> _whyUnavailable;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly string _late;
    private Task<string?>? _answer;
    private long _asked;

    /// <param name="system">Its name, for the answer when it does not give one in time.</param>
    /// <param name="whyUnavailable">Null when the system answers, else why it does not.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="time">Clock.</param>
    public Reachability(string system, TimeSpan patience, TimeProvider time, Func<CancellationToken, ValueTask<string?>> whyUnavailable)
    {
        (_patience, _time, _whyUnavailable) = (patience, time, whyUnavailable);
        _late = $"{system} has not answered within {patience.TotalSeconds:0.#} s";
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await Current().WaitAsync(cancellationToken) is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy();

    private Task<string?> Current()
    {
        lock (_lock)
        {
            if (_answer is null || (_answer.IsCompleted && _time.GetElapsedTime(_asked) >= _holds))
            {
                _asked = _time.GetTimestamp();
                _answer = AskAsync();
            }
            return _answer;
        }
    }

    private async Task<string?> AskAsync()
    {
        await Task.Yield();
        using var patience = new CancellationTokenSource(_patience, _time);
        try
        {
            return await _whyUnavailable(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return _late;
        }
    }
}
