using System.Diagnostics;
using System.Globalization;
using Tidemark.Testing;

namespace Tidemark.LoadTests.Product;

/// <summary>
/// A Kafka to run against: the one that <c>KAFKA_BOOTSTRAP_SERVERS</c> names, or one broker of its own, started by the script of the folder <c>shared/kafka</c> beside
/// the repository, which may be killed and started again.
/// </summary>
internal sealed class KafkaBroker : IAsyncDisposable
{
    private const string FirstCompilerOnly = "-XX:TieredStopAtLevel=1";

    private readonly string? _script;
    private readonly string? _folder;

    private KafkaBroker(string bootstrap, string? script, string? folder) => (Bootstrap, _script, _folder) = (bootstrap, script, folder);

    internal string Bootstrap { get; }

    /// <summary>True when the broker is this one's own to kill.</summary>
    internal bool IsOwn => _script is not null;

    /// <summary>Process of an own broker.</summary>
    internal int Id => int.Parse(File.ReadAllText(Path.Combine(_folder!, "node1", "pid")), CultureInfo.InvariantCulture);

    /// <summary>Bytes of the records on an own broker's disk; its indexes are files of a fixed size that is mostly not used.</summary>
    internal long LogBytes => _folder is null ? 0 : ProcessFigures.FolderBytes(_folder, "*.log");

    /// <summary>Why no own broker can be started here; null when it can.</summary>
    internal static string? WhyNone(string repository)
    {
        if (!File.Exists(ScriptOf(repository)))
            return "no folder shared/kafka lies beside the repository, and KAFKA_BOOTSTRAP_SERVERS is not set";
        return JavaThere() ? null : "there is no Java: install a JRE 17, or set KAFKA_BOOTSTRAP_SERVERS";
    }

    internal static async Task<KafkaBroker> StartOwnAsync(string repository)
    {
        if (WhyNone(repository) is { } why)
            throw new InvalidOperationException(why);
        var folder = Directory.CreateTempSubdirectory("tidemark-kafka-").FullName;
        // The controller takes the next one.
        var port = FreePort.TakeRun(2);
        var broker = new KafkaBroker($"127.0.0.1:{port}", ScriptOf(repository), folder);
        await broker.RunAsync("start", "--port", port.ToString(CultureInfo.InvariantCulture));
        return broker;
    }

    /// <summary>The broker of the environment if it names one, else an own one.</summary>
    internal static async Task<KafkaBroker> FindAsync(string repository) =>
        Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") is { Length: > 0 } bootstrap
            ? new KafkaBroker(bootstrap, null, null)
            : await StartOwnAsync(repository);

    /// <summary>kill -9 of an own broker.</summary>
    internal Task KillAsync() => RunAsync("kill", "1");

    /// <summary>Starts a killed broker with its data; returns when it answers.</summary>
    internal Task StartAgainAsync() => RunAsync("start");

    public async ValueTask DisposeAsync()
    {
        if (_folder is null)
            return;
        await RunAsync("wipe");
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync(params string[] arguments)
    {
        // The broker outlives the script and would hold its pipes open: what the script says goes to a file.
        var said = _folder + ".out";
        var start = new ProcessStartInfo("/bin/sh");
        foreach (var argument in (string[])["-c", "exec \"$0\" \"$@\" >\"$SAID\" 2>&1 </dev/null", _script!, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["KAFKA_DIR"] = _folder;
        start.Environment["KAFKA_HEAP"] = "1g";
        // It lives for seconds or minutes: the optimizing compiler would take as much of two cores as all requests do.
        start.Environment["JAVA_TOOL_OPTIONS"] = FirstCompilerOnly;
        start.Environment["SAID"] = said;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        var text = await File.ReadAllTextAsync(said);
        File.Delete(said);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"kafka {arguments[0]}: {text}");
    }

    private static string ScriptOf(string repository) => Path.Combine(repository, "..", "shared", "kafka", "kafka");

    private static bool JavaThere()
    {
        try
        {
            using var java = Process.Start(new ProcessStartInfo("java", "-version") { RedirectStandardError = true, RedirectStandardOutput = true });
            java!.WaitForExit();
            return java.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
