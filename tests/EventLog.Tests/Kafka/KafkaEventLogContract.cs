using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.Tests.Contract;
using Tidemark.Kafka.Testing;

namespace Tidemark.EventLog.Tests.Kafka;

public sealed class KafkaEventLogContract : EventLogContract
{
    private readonly string _prefix = KafkaServer.NewPrefix();
    private KafkaServer _server = null!;

    protected override string? WhySkipped => _server.Why;

    /// <summary>The client takes zero for "now".</summary>
    protected override long EarliestTimestamp => 1;

    protected override int HandOvers => 2;

    protected override int ManyAppends => 500;

    protected override IReadOnlyList<string> HostArguments => [$"kafka:{_server.BootstrapServers}/{_prefix}"];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _server = await KafkaServer.FindAsync();
    }

    protected override async Task<IEventLog> OpenLogAsync(IReadOnlyList<TopicDefinition> topics)
    {
        var log = KafkaEventLog.Create(
            new KafkaLogOptions { BootstrapServers = _server.BootstrapServers!, TopicPrefix = _prefix, SessionTimeout = TimeSpan.FromSeconds(6) },
            topics, Clock, NullLogger.Instance);
        try
        {
            await log.Checked.WaitAsync(Timeout);
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_server.Why is null)
            await _server.DeleteTopicsAsync(_prefix);
    }
}
