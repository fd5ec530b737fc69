using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.ClickHouse.Embedded.Supervision;

namespace Tidemark.ClickHouse.Embedded.Tests;

/// <summary>One engine child for all tests of the collection.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    public const string Password = "a password: with / odd % characters";

    readonly string _data = Directory.CreateTempSubdirectory("engine-tests-").FullName;
    EngineProcess? _process;

    public int Port { get; } = FreePort.Take();

    public HttpClient Http { get; private set; } = null!;

    public EngineProcess Process => _process!;

    public string DataPath => Path.Combine(_data, "engine");

    public static string HostPath => Path.Combine(AppContext.BaseDirectory, "ClickHouse.Embedded.Host.dll");

    public async Task InitializeAsync()
    {
        _process = Supervise(DataPath, Port);
        await _process.StartAsync(CancellationToken.None);
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 200 }) { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromMinutes(2) };
    }

    public async Task DisposeAsync()
    {
        Http?.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    public static EngineProcess Supervise(string data, int port, params string[] more) => new(new EngineProcessOptions
    {
        FileName = "dotnet",
        Arguments = [HostPath, "serve", data, port.ToString(), .. more],
        Port = port,
        WriterPassword = Password,
    }, NullLogger.Instance, TimeProvider.System);

    /// <summary>The answer of a reader's statement, which must succeed.</summary>
    public async Task<string> ReadAsync(string sql, string url = "/")
    {
        using var answer = await Http.PostAsync(new Uri(url, UriKind.Relative), new StringContent(sql));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    public async Task<string> WriteAsync(string sql, string url = "/", byte[]? body = null)
    {
        using var answer = await SendAsync(url, body ?? Encoding.UTF8.GetBytes(sql), ("X-ClickHouse-User", "writer"), ("X-ClickHouse-Key", Password));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    public async Task<HttpResponseMessage> SendAsync(string url, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(url, UriKind.Relative));
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>A fresh table name.</summary>
    public static string Table() => "t_" + Guid.NewGuid().ToString("N");
}

[CollectionDefinition("engine")]
public sealed class EngineCollection : ICollectionFixture<EngineFixture>;
