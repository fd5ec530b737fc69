using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tidemark.Testing;

namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>A real OpenTelemetry Collector that prints what it receives; needs <c>shared/otel-collector</c> beside the repository.</summary>
internal sealed partial class OtelCollector : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _config;
    private readonly StringBuilder _output = new();

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
        _process = new Process { StartInfo = new ProcessStartInfo(program, ["--config", _config]) { RedirectStandardError = true, RedirectStandardOutput = true } };
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    internal Uri GrpcEndpoint { get; }

    internal Uri HttpEndpoint { get; }

    internal string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    internal IReadOnlyList<ReceivedSpan> Spans => [.. Span().Matches(Output).Select(match => new ReceivedSpan(
        match.Groups["name"].Value, match.Groups["kind"].Value, match.Groups["trace"].Value, match.Groups["parent"].Value, match.Groups["id"].Value,
        [.. Link().Matches(match.Groups["rest"].Value).Select(link => (link.Groups["trace"].Value, link.Groups["id"].Value))],
        Attribute().Matches(match.Groups["rest"].Value).DistinctBy(a => a.Groups["key"].Value).ToDictionary(a => a.Groups["key"].Value, a => a.Groups["value"].Value)))];

    internal static async Task<OtelCollector> StartAsync()
    {
        var program = Repository.Shared(Path.Combine("otel-collector", "otel-collector"));
        Skip.If(program is null, "traces are not tested: put shared/otel-collector beside the repository");
        Skip.IfNot(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "traces are not tested: shared/otel-collector is a program for Linux on amd64");
        var collector = new OtelCollector(program!, FreePort.Take(), FreePort.Take());
        foreach (var endpoint in new[] { collector.GrpcEndpoint, collector.HttpEndpoint })
        {
            // Unpacking it the first time takes a moment.
            for (var clock = Stopwatch.StartNew(); ;)
            {
                Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2) && !collector._process.HasExited, $"the OpenTelemetry Collector does not start: {collector.Output}");
                using var socket = new TcpClient();
                try
                {
                    await socket.ConnectAsync(endpoint.Host, endpoint.Port);
                    break;
                }
                catch (SocketException)
                {
                    await Task.Delay(100);
                }
            }
        }
        return collector;
    }

    /// <summary>Waits until there are spans of all the names, with all that is asked for; the last ones after two minutes. They are printed one after the other, so one may be there before its neighbours.</summary>
    internal async Task<IReadOnlyList<ReceivedSpan>> SpansAsync(IReadOnlyList<string> names, Func<IReadOnlyList<ReceivedSpan>, bool>? until = null)
    {
        var spans = Spans;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(2) && !IsThere(); spans = Spans)
            await Task.Delay(100);
        return spans;

        bool IsThere() => names.All(name => spans.Any(span => span.Name == name)) && until?.Invoke(spans) != false;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_config);
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Append(line).Append('\n');
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
