namespace Tidemark.Aggregator.Loading;

/// <summary>Lets inserts run side by side, and verification alone: raw rows and rollups can only be compared while nothing is on its way into them.</summary>
internal sealed class LoadGate : IDisposable
{
    // More than there are blocks at a time.
    private const int Places = 64;

    private readonly SemaphoreSlim _places = new(Places);
    private readonly SemaphoreSlim _alone = new(1);

    public async Task<T> SharedAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        try
        {
            return await work();
        }
        finally
        {
            _places.Release();
        }
    }

    public async Task AloneAsync(Func<Task> work, CancellationToken cancellation)
    {
        await _alone.WaitAsync(cancellation);
        var taken = 0;
        try
        {
            for (; taken < Places; taken++)
                await _places.WaitAsync(cancellation);
            await work();
        }
        finally
        {
            if (taken > 0)
                _places.Release(taken);
            _alone.Release();
        }
    }

    public void Dispose()
    {
        _places.Dispose();
        _alone.Dispose();
    }
}
