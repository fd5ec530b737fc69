using Microsoft.Extensions.Hosting;

namespace Tidemark.Local.Hosting;

/// <summary>Leaves signals to the command: it decides when the host stops.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
