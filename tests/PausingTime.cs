using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Tidemark.Testing;

/// <summary>A clock that stands, and tells of every pause that somebody begins: a test waits for the pause, then lets it pass.</summary>
internal sealed class PausingTime : FakeTimeProvider
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _pauses.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>The next pause that is begun; it goes on.</summary>
    public async Task<TimeSpan> PauseAsync()
    {
        using var limit = new CancellationTokenSource(_patience);
        return await _pauses.Reader.ReadAsync(limit.Token);
    }

    /// <summary>The next pauses, each of which passes.</summary>
    public async Task<List<TimeSpan>> PassAsync(int pauses)
    {
        var passed = new List<TimeSpan>();
        while (passed.Count < pauses)
        {
            passed.Add(await PauseAsync());
            Advance(passed[^1]);
        }
        return passed;
    }
}
