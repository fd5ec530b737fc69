namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>Keeps the first insert into a table back until it is released.</summary>
/// <param name="dies">Nothing else is sent after that insert, as of a process that was killed.</param>
internal sealed class HeldInsert(HttpMessageHandler inner, string table, bool dies = false) : DelegatingHandler(inner)
{
    private int _inserts;

    /// <summary>The insert is on its way.</summary>
    public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets it arrive.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It was carried out.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (dies && Done.Task.IsCompleted)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (!request.RequestUri!.Query.Contains($"query=INSERT%20INTO%20{table}%20", StringComparison.Ordinal) || Interlocked.Increment(ref _inserts) != 1)
            return await base.SendAsync(request, cancellationToken);
        Held.SetResult();
        await Release.Task.WaitAsync(cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        Done.SetResult();
        return response;
    }
}
