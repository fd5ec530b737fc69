using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.RocksDb;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.RocksDb;

public sealed class RocksDbEventLogContract : EventLogContract
{
    private readonly TemporaryFolder _folder = new();

    protected override IReadOnlyList<string> HostArguments => [_folder.Path];

    protected override Task<IEventLog> OpenLogAsync(IReadOnlyList<TopicDefinition> topics) =>
        Task.FromResult<IEventLog>(RocksDbEventLog.Open(
            new RocksDbLogOptions { Directory = _folder.Path }, topics, Clock, NullLogger.Instance));

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
