using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Tidemark.Deploy.Tests.Kafka;

/// <summary>deploy/kafka in a real broker of the same version: Kafka's start scripts are stand-ins for those of the image, ports and folders are the test's.</summary>
public sealed class BrokerTests
{
    private const string Version = "4.3.1";

    [SkippableFact]
    public async Task The_broker_starts_with_our_files_takes_every_setting_and_stops_on_SIGTERM()
    {
        var libraries = RepositoryFolder.Shared("kafka", "libs");
        Skip.IfNot(Directory.Exists(libraries), "no Kafka in ../shared/kafka; lay it there beside the repository to start a broker with deploy/kafka");
        Skip.IfNot(await HasJavaAsync(), "no java; install a JRE 17 (openjdk-17-jre-headless) to start a broker with deploy/kafka");

        using var folder = new TemporaryFolder();
        var ports = Enumerable.Range(FreePort.TakeRun(3), 3).ToArray();
        Prepare(folder, libraries, ports);
        var first = await RunAsync(folder, ports);
        var identity = await File.ReadAllTextAsync(folder["data/meta.properties"]);
        Assert.Matches("(?m)^cluster.id=k[A-Za-z0-9_-]{21}$", identity);
        Assert.Contains("Formatting dynamic metadata voter directory", first, StringComparison.Ordinal);
        // What Kafka says of a setting that it does not know, or of one on its way out.
        Assert.DoesNotMatch("(?i)not used yet|unknown config|deprecated|ERROR", first);

        // The second start finds the data and keeps the cluster's identity.
        Assert.DoesNotContain("Formatting", await RunAsync(folder, ports), StringComparison.Ordinal);
        Assert.Equal(identity, await File.ReadAllTextAsync(folder["data/meta.properties"]));
    }

    [Fact]
    public void Listeners_and_image_agree_with_the_compose_file()
    {
        var settings = RepositoryFolder.Read("deploy", "kafka", "server.properties");
        var services = Compose.ComposeFile.Default.Services;
        Assert.Equal($"apache/kafka:{Version}", services["kafka"].Image);
        Assert.Contains("advertised.listeners=LOG://kafka:9092,", settings, StringComparison.Ordinal);
        Assert.All(["collector", "sessionizer", "aggregator"], name => Assert.Equal("kafka:9092", services[name].Environment["Kafka__BootstrapServers"]));
        Assert.Contains("/dev/tcp/127.0.0.1/9092", services["kafka"].Healthcheck!.Test[^1], StringComparison.Ordinal);
        Assert.Contains("EXTERNAL://${KAFKA_EXTERNAL_HOST:-localhost}:9094", RepositoryFolder.Read("deploy", "kafka", "start.sh"), StringComparison.Ordinal);
        var data = services["kafka"].Volumes.Single(v => v.Type == "volume").Target;
        Assert.Contains($"log.dirs={data}\n", settings, StringComparison.Ordinal);
        Assert.Contains($"data=${{KAFKA_DATA:-{data}}}", RepositoryFolder.Read("deploy", "kafka", "start.sh"), StringComparison.Ordinal);
    }

    private static void Prepare(TemporaryFolder folder, string libraries, int[] ports)
    {
        foreach (var name in new[] { "bin", "conf", "data" })
            Directory.CreateDirectory(folder[name]);
        Script("kafka-storage.sh", "kafka.tools.StorageTool");
        Script("kafka-server-start.sh", "kafka.Kafka");
        foreach (var file in Directory.GetFiles(RepositoryFolder.PathOf("deploy", "kafka")))
            File.Copy(file, folder["conf/" + Path.GetFileName(file)]);
        var settings = File.ReadAllText(folder["conf/server.properties"]).Replace("/var/lib/kafka/data", folder["data"], StringComparison.Ordinal);
        for (var i = 0; i < ports.Length; i++)
            settings = settings.Replace($":{9092 + i}", $":{ports[i]}", StringComparison.Ordinal);
        File.WriteAllText(folder["conf/server.properties"], settings);

        void Script(string name, string main) => folder.Script(
            "bin/" + name,
            $"#!/bin/bash\nexec java -XX:TieredStopAtLevel=1 ${{KAFKA_HEAP_OPTS:--Xmx512m}} $KAFKA_LOG4J_OPTS -cp '{libraries}/*' {main} \"$@\"\n");
    }

    /// <summary>Starts the broker, waits until it serves, ends it with SIGTERM; what it wrote.</summary>
    private static async Task<string> RunAsync(TemporaryFolder folder, int[] ports)
    {
        await using var broker = ProgramProcess.Start(
            "bash",
            [folder["conf/start.sh"], "--override", $"advertised.listeners=LOG://localhost:{ports[0]},EXTERNAL://localhost:{ports[2]}"],
            environment: [new("KAFKA_HOME", folder.Path), new("KAFKA_DATA", folder["data"])]);
        await Wait.ForAsync(async () => broker.HasEnded || await ServesAsync(ports[0]), static isDone => isDone, () => $"a broker that serves\n{broker.Said}");
        Assert.False(broker.HasEnded, broker.Said);
        await broker.StopAsync();
        return broker.Said;
    }

    /// <summary>An answer to an ApiVersions request, not only an open port.</summary>
    private static async Task<bool> ServesAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            var stream = client.GetStream();
            await stream.WriteAsync(new byte[] { 0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255 });
            return await stream.ReadAtLeastAsync(new byte[8], 8, throwOnEndOfStream: false) == 8;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // It does not listen yet, or not for long.
            return false;
        }
    }

    private static async Task<bool> HasJavaAsync() =>
        Shell.Has("java") && Regex.Match((await Shell.RunAsync("java", ["-version"])).Error, "version \"([0-9]+)") is { Success: true } match && int.Parse(match.Groups[1].Value) >= 17;
}
