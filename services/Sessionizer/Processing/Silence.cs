using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// How long the reader has provably been at the end of the log, and where the horizons may go meanwhile: each on from where it stood, as fast as the clock,
/// never past the clock less the disorder. A wrong clock of a client cannot come in here, and a restart begins the silence anew.
/// </summary>
internal sealed class Silence(TimeProvider time)
{
    private long? _since;
    private long[] _horizons = [];

    /// <summary>Null while there is something to read.</summary>
    public TimeSpan? Elapsed => _since is { } since ? time.GetElapsedTime(since) : null;

    public void Heard(bool nothing, PartitionRules rules)
    {
        if (!nothing)
        {
            _since = null;
        }
        else if (_since is null)
        {
            _since = time.GetTimestamp();
            _horizons = rules is LivePartition live ? [.. live.RuleSets.Select(live.HorizonOf)] : [];
        }
    }

    public long? Horizon(RuleSet rules)
    {
        if (Elapsed is not { } elapsed || _horizons[rules.Index] == SessionizerCommit.NoHorizon)
            return null;
        return Math.Min(_horizons[rules.Index] + (long)elapsed.TotalMilliseconds, time.GetUtcNow().ToUnixTimeMilliseconds() - rules.Settings.DisorderMs);
    }
}
