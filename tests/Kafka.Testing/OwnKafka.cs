using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tidemark.Testing;

namespace Tidemark.Kafka.Testing;

/// <summary>
/// A broker of the test's own, to be killed, paused and started again: the script of the folder shared/kafka beside the repository, with data under the temp folder.
/// </summary>
public sealed class OwnKafka : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tidemark-kafka-{Guid.NewGuid():N}");
    /// <summary>The controller takes the next one.</summary>
    private readonly int _port = FreePort.TakeRun(2);

    /// <summary>What is missing to have one, and what to do; null when nothing is.</summary>
    public static string? Why { get; } = !File.Exists(Script)
        ? "no broker to kill: the folder shared/kafka is not beside the repository"
        : !Has("java") ? "no broker to kill: install Java 17" : null;

    public string BootstrapServers => $"127.0.0.1:{_port}";

    /// <summary>shared/kafka/kafka beside the repository.</summary>
    public static string Script => Path.GetFullPath(Path.Combine(Root(), "..", "shared", "kafka", "kafka"));

    /// <summary>Starts it, with the data it had.</summary>
    public Task StartAsync() => RunAsync("start", "--port", _port.ToString(System.Globalization.CultureInfo.InvariantCulture));

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
        ExecuteAsync("bash", "", [Script, .. arguments], [("KAFKA_DIR", _folder), ("KAFKA_HEAP", "256m"), ("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")]);

    private static async Task<string> ExecuteAsync(string program, string input, IReadOnlyList<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        // The broker outlives the script and must not hold its pipes: it does not, the script redirects them.
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await errors}{output}");
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

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }

    private static bool Has(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, command)));
}
