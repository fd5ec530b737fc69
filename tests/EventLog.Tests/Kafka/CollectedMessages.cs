using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>A logger whose messages a test can ask for.</summary>
internal sealed class CollectedMessages : ILogger
{
    private readonly ConcurrentQueue<string> _messages = [];

    internal IEnumerable<string> All => _messages;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _messages.Enqueue(formatter(state, exception));
}
