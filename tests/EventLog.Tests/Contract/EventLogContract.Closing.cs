namespace Tidemark.EventLog.Tests.Contract;

public abstract partial class EventLogContract
{
    private const int Closings = 5;

    [SkippableFact]
    public async Task A_log_that_closes_while_it_is_used_answers_everybody_and_ends_no_process()
    {
        await using (await OpenAsync(Events, Sessions, State))
        {
        }
        using var host = HostProcess.Start(["close", .. HostArguments, $"{Closings}"]);
        var output = await host.EndAsync(Timeout);
        Assert.Equal(Enumerable.Range(1, Closings).Select(round => $"closed {round}"), output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
