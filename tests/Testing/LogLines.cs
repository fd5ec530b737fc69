using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tidemark.Testing;

/// <summary>Keeps what is logged, with exceptions, in order.</summary>
/// <param name="level">Less is not kept.</param>
public sealed class LogLines(LogLevel level = LogLevel.Information) : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> All => [.. _lines];

    /// <summary>A logger of the category, whose name stands before each of its lines.</summary>
    public ILogger CreateLogger(string categoryName) => new Category(this, $"{categoryName}: ");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= level;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Keep(logLevel, "", formatter(state, exception), exception);

    public void Dispose()
    {
    }

    private void Keep(LogLevel logLevel, string category, string message, Exception? exception)
    {
        if (IsEnabled(logLevel))
            _lines.Enqueue(exception is null ? category + message : $"{category}{message} {exception}");
    }

    private sealed class Category(LogLines lines, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => lines.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Keep(logLevel, name, formatter(state, exception), exception);
    }
}
