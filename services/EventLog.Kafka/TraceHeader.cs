namespace Tidemark.EventLog.Kafka;

/// <summary>The header in which a sampled request's first record carries its W3C trace context.</summary>
internal static class TraceHeader
{
    internal const string Text = "traceparent";

    /// <summary>With the zero that ends a C string.</summary>
    internal static ReadOnlySpan<byte> Name => "traceparent\0"u8;
}
