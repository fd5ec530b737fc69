using System.Globalization;

namespace Tidemark.Testing;

/// <summary>
/// A broker of the test's own, to be killed, paused and started again: the script of the folder shared/kafka beside the repository, with data under the temp folder.
/// </summary>
/// <param name="heap">The broker's heap, as Java's -Xmx takes it.</param>
public sealed class OwnKafka(string heap = "256m") : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tidemark-kafka-{Guid.NewGuid():N}");
    /// <summary>The controller takes the next one.</summary>
    private readonly int _port = FreePort.TakeRun(2);

    /// <summary>What is missing to have one, and what to do; null when nothing is.</summary>
    public static string? Why { get; } = !File.Exists(Script)
        ? "no Kafka of the tests' own: lay the folder shared/kafka beside the repository"
        : !Shell.Has("java") ? "no Kafka of the tests' own: install Java 17 (Debian and Ubuntu: openjdk-17-jre-headless)" : null;

    public string BootstrapServers => $"127.0.0.1:{_port}";

    /// <summary>shared/kafka/kafka beside the repository.</summary>
    public static string Script => RepositoryFolder.Shared("kafka", "kafka");

    /// <summary>Of the broker's process, while it runs.</summary>
    public int Id => int.Parse(File.ReadAllText(Path.Combine(_folder, "node1", "pid")), CultureInfo.InvariantCulture);

    /// <summary>Where its data is.</summary>
    public string Folder => _folder;

    /// <summary>Starts it, with the data it had; returns when it answers.</summary>
    public Task StartAsync() => RunAsync("start", "--port", _port.ToString(CultureInfo.InvariantCulture));

    /// <summary>kill -9.</summary>
    public Task KillAsync() => RunAsync("kill");

    /// <summary>Keeps what the transaction coordinator has on record now, for <see cref="ForgetTransactions"/>.</summary>
    public void KeepTransactions() => CopyTransactions(Path.Combine(_folder, "node1", "data"), Path.Combine(_folder, "kept"));

    /// <summary>A killed broker comes back as a coordinator that knows of no transaction since then; what those wrote into other topics is still there.</summary>
    public void ForgetTransactions() => CopyTransactions(Path.Combine(_folder, "kept"), Path.Combine(_folder, "node1", "data"));

    public Task PauseAsync() => RunAsync("pause", "1");

    public Task ResumeAsync() => RunAsync("resume", "1");

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
