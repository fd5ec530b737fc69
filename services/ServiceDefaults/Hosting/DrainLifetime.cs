using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>
/// The order of a stop: the signal, not ready, a delay for whoever sends traffic here, then the host stops its services: the doors (<see cref="DoorDrain"/>), the loops
/// with their last commits, and at the end the log. A second signal ends the process at once, and so does the end of <see cref="ShutdownOptions.Timeout"/>.
/// </summary>
internal sealed class DrainLifetime(IHostApplicationLifetime application, DrainState state, ShutdownOptions options, TimeProvider time, ILogger<DrainLifetime> logger)
    : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private ITimer? _limit;
    private int _signalled;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
            _signals.Add(PosixSignalRegistration.Create(signal, OnSignal));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        // The limit stays: the log is closed after this.
        foreach (var signal in _signals)
            signal.Dispose();
    }

    /// <summary>Starts the limit; also when the host stops for another reason than a signal.</summary>
    internal void BeginStop()
    {
        if (!state.Begun)
            state.Begin();
        _limit ??= time.CreateTimer(_ => GiveUp(), null, options.Timeout, Timeout.InfiniteTimeSpan);
    }

    private void OnSignal(PosixSignalContext context)
    {
        // The second one does what signals do.
        if (Interlocked.Exchange(ref _signalled, 1) != 0)
            return;
        context.Cancel = true;
        BeginStop();
        _ = DrainAsync();
    }

    private async Task DrainAsync()
    {
        logger.Stopping(options.Delay.TotalSeconds);
        if (options.Delay > TimeSpan.Zero)
            await Task.Delay(options.Delay, time);
        application.StopApplication();
    }

    private void GiveUp()
    {
        logger.StopTookTooLong(options.Timeout.TotalSeconds);
        Environment.Exit(ExitStatus.Failed);
    }
}
