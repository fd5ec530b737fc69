namespace Tidemark.ServiceDefaults.Telemetry;

/// <summary>Where traces go and how many there are. Metrics need no setting: they are on <c>/metrics</c>.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Address of an OTLP receiver for traces, such as http://otel-collector:4317. Default: none, and then nothing is traced and tracing costs nothing.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>How the receiver is spoken to: Grpc (usually port 4317) or Http (protobuf over HTTP, usually port 4318). Default: Grpc.</summary>
    public TraceProtocol OtlpProtocol { get; init; } = TraceProtocol.Grpc;

    /// <summary>Share of requests that are traced, 0 to 1, also of those whose caller asks for it. A commit or load is traced when a traced request is in it, else with this probability. Default: 0.01.</summary>
    public double SampleRatio { get; init; } = 0.01;

    /// <summary>Every mistake in these settings; empty when they are right.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        if (OtlpEndpoint is { } endpoint && !(endpoint.IsAbsoluteUri && endpoint.Scheme is "http" or "https"))
            mistakes.Add($"{nameof(OtlpEndpoint)} must be an http or https address such as http://otel-collector:4317");
        if (SampleRatio is not (>= 0 and <= 1))
            mistakes.Add($"{nameof(SampleRatio)} must be 0 to 1");
        if (!Enum.IsDefined(OtlpProtocol))
            mistakes.Add($"{nameof(OtlpProtocol)} must be {nameof(TraceProtocol.Grpc)} or {nameof(TraceProtocol.Http)}");
        return mistakes;
    }
}

/// <summary>The two ways of OTLP.</summary>
public enum TraceProtocol
{
    Grpc,
    Http,
}
