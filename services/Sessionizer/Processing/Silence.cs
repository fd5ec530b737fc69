namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// How long the reader has provably been at the end of the log, and where the horizon may go meanwhile: on from where it stood, as fast as the clock,
/// never past the clock less the disorder. A wrong clock of a client cannot come in here, and a restart begins the silence anew.
/// </summary>
internal sealed class Silence(TimeProvider time)
{
    private long? _since;
    private long _horizon;

    /// <summary>Null while there is something to read.</summary>
    public TimeSpan? Elapsed => _since is { } since ? time.GetElapsedTime(since) : null;

    public void Heard(bool nothing, long horizon)
    {
        if (!nothing)
        {
            _since = null;
        }
        else if (_since is null)
        {
            _since = time.GetTimestamp();
            _horizon = horizon;
        }
    }

    public long? Horizon(long disorderMs)
    {
        if (Elapsed is not { } elapsed || _horizon == Contracts.Sessions.SessionizerCommit.NoHorizon)
            return null;
        return Math.Min(_horizon + (long)elapsed.TotalMilliseconds, time.GetUtcNow().ToUnixTimeMilliseconds() - disorderMs);
    }
}
