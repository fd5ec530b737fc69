using System.Globalization;

namespace Tidemark.Testing;

/// <summary>
/// A broker of the test's own, to be killed, paused and started again: the script of the folder shared/kafka beside the repository, with data under the temp folder.
/// </summary>
/// <param name="heap">Each broker's heap, as Java's -Xmx takes it.</param>
/// <param name="nodes">Brokers, 1 to 9; the script asks for the copies and in-sync replicas of production from three on.</param>
public sealed class OwnKafka(string heap = "256m", int nodes = 1) : IAsyncDisposable
{
    private const int PortsApart = 10;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tidemark-kafka-{Guid.NewGuid():N}");
    /// <summary>Of the first node: the script gives each one the port ten above the last one's, and its controller the next.</summary>
    private readonly int _port = FreePort.TakeRun(PortsApart * (nodes - 1) + 2);

    /// <summary>What is missing to have one, and what to do; null when nothing is.</summary>
    public static string? Why { get; } = !File.Exists(Script)
        ? "no Kafka of the tests' own: lay the folder shared/kafka beside the repository"
        : !Shell.Has("java") ? "no Kafka of the tests' own: install Java 17 (Debian and Ubuntu: openjdk-17-jre-headless)" : null;

    public string BootstrapServers => string.Join(',', Enumerable.Range(0, nodes).Select(node => $"127.0.0.1:{_port + PortsApart * node}"));

    /// <summary>Brokers that it has, running or not.</summary>
    public int Nodes => nodes;

    /// <summary>shared/kafka/kafka beside the repository.</summary>
    public static string Script => RepositoryFolder.Shared("kafka", "kafka");

    /// <summary>Of the first broker's process, while it runs.</summary>
    public int Id => int.Parse(File.ReadAllText(Path.Combine(_folder, "node1", "pid")), CultureInfo.InvariantCulture);

    /// <summary>Where its data is.</summary>
    public string Folder => _folder;

    /// <summary>Starts what does not run of it, with the data it had; returns when it answers.</summary>
    public Task StartAsync() => RunAsync("start", "--nodes", Text(nodes), "--port", Text(_port));

    /// <summary>kill -9 of all nodes.</summary>
    public Task KillAsync() => RunAsync("kill");

    /// <summary>kill -9 of one node, from 1.</summary>
    public Task KillAsync(int node) => RunAsync("kill", Text(node));

    /// <summary>Keeps what the transaction coordinator has on record now, for <see cref="ForgetTransactions"/>.</summary>
    public void KeepTransactions() => CopyTransactions(Path.Combine(_folder, "node1", "data"), Path.Combine(_folder, "kept"));

    /// <summary>A killed broker comes back as a coordinator that knows of no transaction since then; what those wrote into other topics is still there.</summary>
    public void ForgetTransactions() => CopyTransactions(Path.Combine(_folder, "kept"), Path.Combine(_folder, "node1", "data"));

    /// <summary>SIGSTOP of one node, from 1.</summary>
    public Task PauseAsync(int node = 1) => RunAsync("pause", Text(node));

    /// <summary>SIGCONT of one node, from 1.</summary>
    public Task ResumeAsync(int node = 1) => RunAsync("resume", Text(node));

    /// <summary>The cluster forgets its only broker, which goes on answering, but that there is none; until it is started again.</summary>
    public Task ForgetAsync() => ExecuteAsync(
        "java", "",
        [
            "-Xmx128m", "-Dlog.level=ERROR", $"-Dlog4j2.configurationFile={Path.Combine(Path.GetDirectoryName(Script)!, "log4j2.properties")}",
            "-cp", Path.Combine(Path.GetDirectoryName(Script)!, "libs", "*"), "org.apache.kafka.tools.ClusterTool", "unregister", "--bootstrap-server", BootstrapServers, "--id", "1",
        ],
        []);

    public async ValueTask DisposeAsync() => await RunAsync("wipe");

    /// <summary>One of Kafka's own tools against any broker; its output.</summary>
    public static Task<string> ToolAsync(string input, params IEnumerable<string> arguments) => ExecuteAsync("bash", input, [Script, .. arguments], []);

    private Task<string> RunAsync(params IEnumerable<string> arguments) =>
        // It lives for seconds or minutes: the optimizing compiler would take as much of two cores as all requests do.
        ExecuteAsync("bash", "", [Script, .. arguments], [new("KAFKA_DIR", _folder), new("KAFKA_HEAP", heap), new("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")]);

    private static async Task<string> ExecuteAsync(string program, string input, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var (status, output, errors) = await Shell.RunAsync(program, arguments, environment: environment, input: input);
        return status == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors}{output}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void CopyTransactions(string from, string to)
    {
        foreach (var partition in Directory.GetDirectories(from, "__transaction_state-*"))
        {
            var target = Path.Combine(to, Path.GetFileName(partition));
            if (Directory.Exists(target))
                Directory.Delete(target, recursive: true);
            Directory.CreateDirectory(target);
            foreach (var file in Directory.GetFiles(partition))
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }
}
