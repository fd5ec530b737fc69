using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>A real OpenTelemetry Collector that prints what it receives; needs <c>shared/otel-collector</c> beside the repository.</summary>
internal sealed partial class OtelCollector : IAsyncDisposable
{
    private readonly ProgramProcess _process;
    private readonly string _config;

    private OtelCollector(string program, int grpc, int http)
    {
        (GrpcEndpoint, HttpEndpoint) = (new Uri($"http://127.0.0.1:{grpc}"), new Uri($"http://127.0.0.1:{http}"));
        _config = Path.Combine(Path.GetTempPath(), $"telemetry-tests-{Guid.NewGuid():N}.yaml");
        File.WriteAllText(_config, $"""
            receivers:
              otlp:
                protocols:
                  http:
                    endpoint: 127.0.0.1:{http}
                  grpc:
                    endpoint: 127.0.0.1:{grpc}
            exporters:
              debug:
                verbosity: detailed
            service:
              telemetry:
                metrics:
                  level: none
              pipelines:
                traces:
                  receivers: [otlp]
                  exporters: [debug]
            """);
        _process = ProgramProcess.Start(program, ["--config", _config]);
    }

    internal Uri GrpcEndpoint { get; }

    internal Uri HttpEndpoint { get; }

    internal string Output => _process.Said;

    internal IReadOnlyList<ReceivedSpan> Spans => [.. Span().Matches(_process.Said).Select(match => new ReceivedSpan(
        match.Groups["name"].Value, match.Groups["kind"].Value, match.Groups["trace"].Value, match.Groups["parent"].Value, match.Groups["id"].Value,
        [.. Link().Matches(match.Groups["rest"].Value).Select(link => (link.Groups["trace"].Value, link.Groups["id"].Value))],
        Attribute().Matches(match.Groups["rest"].Value).DistinctBy(a => a.Groups["key"].Value).ToDictionary(a => a.Groups["key"].Value, a => a.Groups["value"].Value)))];

    internal static async Task<OtelCollector> StartAsync()
    {
        var program = RepositoryFolder.Shared("otel-collector", "otel-collector");
        Skip.IfNot(File.Exists(program), "no OpenTelemetry Collector: lay the folder shared/otel-collector beside the repository");
        Skip.IfNot(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "shared/otel-collector is a program for Linux on amd64: run the tests there");
        var collector = new OtelCollector(program, FreePort.Take(), FreePort.Take());
        foreach (var endpoint in new[] { collector.GrpcEndpoint, collector.HttpEndpoint })
            await Wait.UntilAsync(() => collector.ListensAsync(endpoint), "the OpenTelemetry Collector's ports");
        return collector;
    }

    /// <summary>Waits until there are spans of all the names, with all that is asked for. They are printed one after the other, so one may be there before its neighbours.</summary>
    internal async Task<IReadOnlyList<ReceivedSpan>> SpansAsync(IReadOnlyList<string> names, Func<IReadOnlyList<ReceivedSpan>, bool>? until = null)
    {
        IReadOnlyList<ReceivedSpan> spans = [];
        await Wait.ForAsync(() => Task.FromResult(spans = Spans), _ => IsThere(), () => $"spans called {string.Join(", ", names)}\n{_process.Said}");
        return spans;

        bool IsThere() => names.All(name => spans.Any(span => span.Name == name)) && until?.Invoke(spans) != false;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        File.Delete(_config);
    }

    private async Task<bool> ListensAsync(Uri endpoint)
    {
        Assert.False(_process.HasEnded, $"the OpenTelemetry Collector does not start: {_process.Said}");
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^Span #\d+\n\s+Trace ID\s*: (?<trace>\w*)\n\s+Parent ID\s*: (?<parent>\w*)\n\s+ID\s*: (?<id>\w*)\n\s+Name\s*: (?<name>[^\n]*)\n\s+Kind\s*: (?<kind>\w*)\n(?<rest>.*?)(?=^Span #|^ScopeSpans|^ResourceSpans|^\s*\{|^\d{4}-)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Span();

    [GeneratedRegex(@"SpanLink #\d+\n\s+-> Trace ID: (?<trace>\w+)\n\s+-> ID: (?<id>\w+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\s+-> (?<key>[a-z_.]+): \w+\((?<value>.*)\)$", RegexOptions.Multiline)]
    private static partial Regex Attribute();
}

internal sealed record ReceivedSpan(
    string Name, string Kind, string TraceId, string ParentId, string Id, IReadOnlyList<(string TraceId, string Id)> Links, Dictionary<string, string> Attributes);
