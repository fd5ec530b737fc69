using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tidemark.Collector.Tests.Hosting;

/// <summary>Keeps warnings and worse, with their exceptions.</summary>
internal sealed class LoggedLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    internal IReadOnlyList<string> All => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                lines.Enqueue($"{category}: {formatter(state, exception)} {exception}");
        }
    }
}
