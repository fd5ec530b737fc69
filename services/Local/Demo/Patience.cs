using System.Globalization;

namespace Tidemark.Local.Demo;

/// <summary>Bounds a wait: what takes too long is an error with a line of its own, never a demo that hangs.</summary>
internal static class Patience
{
    public static async Task<T> WithinAsync<T>(TimeSpan limit, string what, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(limit);
        try
        {
            return await work(bounded.Token);
        }
        catch (OperationCanceledException) when (bounded.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new CommandFailedException(
                string.Create(CultureInfo.InvariantCulture, $"{what} took longer than {limit.TotalSeconds:0} s: the machine may be too busy; try again, with --verbose to see what the services do"));
        }
    }
}
