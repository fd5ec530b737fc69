using Tidemark.Local.Configuration;
using Tidemark.Local.Demo.Traffic;
using Tidemark.Local.Hosting;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Sending;
using Tidemark.Local.Import.Sorting;
using Tidemark.Local.Import.Undo;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Demo;

/// <summary>The past day through the history door as an import of its own, in order; done when ClickHouse has all of it.</summary>
internal sealed class PastDay(InstanceInfo instance, SqlServer server, string key, Day day, Action<string> say, TimeProvider time)
{
    private static readonly TimeSpan SendingLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LoadingLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private int _generation;

    public async Task<ImportState> SendAsync(CancellationToken cancellation)
    {
        await Patience.WithinAsync(SendingLimit, "sending the past day", PostAsync, cancellation);
        say("waiting until all of it is in ClickHouse");
        using var sql = new SqlClient(server);
        var state = await Patience.WithinAsync(LoadingLimit, "loading the past day into ClickHouse", token => WaitAsync(sql, token), cancellation);
        if (state.Events != day.Events.Count)
            throw new CommandFailedException(
                $"ClickHouse has {state.Events:N0} of the day's {day.Events.Count:N0} events ({state.Duplicates:N0} duplicates, {state.Late:N0} late): this is a bug, please report it");
        return state;
    }

    private async Task<long> PostAsync(CancellationToken cancellation)
    {
        // Somebody may have tried undo on it.
        using (var imports = new ImportsClient(instance.Http!, key, time))
            _generation = (await imports.ListAsync(cancellation))?.ByName.GetValueOrDefault(day.ImportId)?.Generation ?? 0;
        using var client = new HistoryClient(instance.Http!, key, day.ImportId, _generation, time);
        var rejected = new RejectedLines();
        var sent = 0L;
        var sender = new ChunkSender(client, rejected) { OnSent = count => say($"sent {sent += count:N0} of {day.Events.Count:N0} events") };
        await sender.SendAsync(day.Events.Select(static (e, i) => new SortedEvent(e.OccurredAt.ToUnixTimeMilliseconds(), i + 1, e.Json)), cancellation);
        if (rejected.Any)
            throw new CommandFailedException($"the collector refused {rejected.Count:N0} events of the demo, the first with {rejected.ByCode.First().Code}: this is a bug, please report it");
        await client.EndAsync(cancellation);
        return sent;
    }

    private async Task<ImportState> WaitAsync(SqlClient sql, CancellationToken cancellation)
    {
        while (true)
        {
            if (await ImportState.TryReadAsync(sql, ReadyProject.Name, day.ImportId, _generation, instance.Partitions, cancellation) is { } state)
                return state;
            await Task.Delay(PollInterval, cancellation);
        }
    }
}
