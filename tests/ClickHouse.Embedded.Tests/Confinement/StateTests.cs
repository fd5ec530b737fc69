using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tidemark.ClickHouse.Embedded.Confinement;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Tests.Confinement;

/// <summary>What the system says of the confined process.</summary>
public sealed class StateTests(UnguardedEngine engine) : IClassFixture<UnguardedEngine>
{
    [SkippableFact]
    public async Task Process_OnceItAnswers_SaysThatAllHolds()
    {
        Canary.NeedsKernel();
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(engine.Process.Address, "/ping"));
        Assert.Equal("files,network,calls", answer.Headers.GetValues("X-Tidemark-Confinement").Single());
        Assert.True(engine.Process.Confinement!.IsComplete);
        Assert.Null(engine.Process.Confinement.Warning);
    }

    [SkippableFact]
    public async Task Threads_AfterQueriesOfAllKinds_AreAllUnderTheFilter()
    {
        Canary.NeedsKernel();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => engine.RunAsync("SELECT sum(number) FROM numbers_mt(10000000)")));
        var threads = engine.Threads();
        Assert.True(threads.Count > 20, $"only {threads.Count} threads");
        Assert.All(threads, thread => Assert.Equal(("2", "1"), (thread["Seccomp"], thread["NoNewPrivs"])));
    }

    [SkippableFact]
    public async Task Password_IsInNoFileAndNoVariable()
    {
        Canary.NeedsKernel();
        var environment = await File.ReadAllBytesAsync($"/proc/{engine.Process.ProcessId}/environ");
        var arguments = await File.ReadAllBytesAsync($"/proc/{engine.Process.ProcessId}/cmdline");
        var password = Encoding.UTF8.GetBytes(EngineFixture.Password);
        Assert.True(environment.AsSpan().IndexOf(password) < 0 && arguments.AsSpan().IndexOf(password) < 0);
        // Nor is there anything else of the parent's.
        Assert.Equal(
            ["DOTNET_EnableDiagnostics", "DOTNET_EnableWriteXorExecute", "DOTNET_ROOT", "DOTNET_TC_CallCountThreshold", "JE_MALLOC_CONF", "TMPDIR", "TZ"],
            Encoding.UTF8.GetString(environment).TrimEnd('\0').Split('\0').Select(variable => variable.Split('=')[0])
                .Where(name => name is not ("HOME" or "LD_LIBRARY_PATH") && !name.StartsWith("DOTNET_ROOT_", StringComparison.Ordinal) && !name.StartsWith("DOTNET_GC", StringComparison.OrdinalIgnoreCase)
                    && !name.StartsWith("DOTNET_Tiered", StringComparison.Ordinal) && !name.StartsWith("DOTNET_ROLL", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        // By a program that does not mind that files are locked.
        var search = await Shell.RunAsync("grep", ["-r", "-l", "-F", "-D", "skip", EngineFixture.Password, engine.DataPath, engine.ConfigurationPath]);
        Assert.Equal((1, ""), (search.Status, search.Out));
    }

    [SkippableFact]
    public void Process_ThatExecutesItself_HasItsArgumentsAndNoOpenFilesOfItsParent()
    {
        Canary.NeedsKernel();
        using var canary = new Canary();
        // Without O_CLOEXEC, as a library might open one.
        var open = SystemCalls.open(canary.Secret, SystemCalls.OpenReadOnly);
        Assert.True(open > 2);
        var data = Directory.CreateTempSubdirectory("confinement-fd-");
        try
        {
            using var host = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec dotnet '{EngineFixture.HostPath}' serve '{Path.Combine(data.FullName, "engine")}' {FreePort.Take()} '' last ''"]) { RedirectStandardInput = true })!;
            host.StandardInput.Write("w\n");
            host.StandardInput.Flush();
            var mark = $"/proc/{host.Id}/cmdline";
            SpinWait.SpinUntil(() => host.HasExited || File.ReadAllText(mark).Contains(FirstStage.Mark, StringComparison.Ordinal), TimeSpan.FromMinutes(2));
            Assert.Contains("\0\0last\0\0" + FirstStage.Mark, File.ReadAllText(mark), StringComparison.Ordinal);
            Assert.DoesNotContain(canary.Secret, Directory.GetFileSystemEntries($"/proc/{host.Id}/fd").Select(path => new FileInfo(path).LinkTarget));
            host.StandardInput.Close();
            host.WaitForExit();
        }
        finally
        {
            _ = SystemCalls.close(open);
            data.Delete(recursive: true);
        }
    }

    /// <summary>What SQL cannot ask for, tried from inside; and what the engine needs, which still goes.</summary>
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Process_ReachingOutsideByItself_IsRefused(bool asAnotherUser)
    {
        Canary.NeedsKernel();
        Skip.If(asAnotherUser && !Environment.IsPrivilegedProcess, "the tests run as an ordinary user already: run them as root to try another one");
        using var canary = new Canary();
        var data = Directory.CreateTempSubdirectory("confined-").FullName;
        try
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(data, (UnixFileMode)0x1FF);
            string[] command = ["dotnet", EngineFixture.HostPath, "confined", Path.Combine(data, "engine"), canary.Secret, canary.Port.ToString(CultureInfo.InvariantCulture)];
            if (asAnotherUser)
                command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", .. command];
            using var host = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
            var said = await host.StandardOutput.ReadToEndAsync();
            await host.WaitForExitAsync();
            string[] refused = ["file", "folder", "overwrite", "new file", "link", "environment", "memory", "parent's environment", "configuration", "program", "TCP", "socket", "UDP", "socket file", "raw socket"];
            string[] went = ["own file", "own folder", "thread", "configuration read"];
            Assert.Equal(
                ["TCP by Landlock: refused", "files,network,calls", .. refused.Select(name => $"{name}: refused"), .. went.Select(name => $"{name}: went")],
                said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            canary.AssertUntouched(said);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>A program that is unpacked beside its data must not have all of it readable because the program is.</summary>
    [Fact]
    public void Rules_DataInsideTheProgramsFolder_LeaveItsPathOut()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Path.Combine(AppContext.BaseDirectory, "engine.path")))
            return;
        var data = Path.Combine(AppContext.BaseDirectory, "mine", "engine");
        var rules = ChildRules.For(new EngineOptions { DataPath = data }).ToList();
        var log = Path.Combine(AppContext.BaseDirectory, "mine", "log");
        Assert.DoesNotContain(rules, rule => log.StartsWith(rule.Path.TrimEnd('/') + "/", StringComparison.Ordinal));
        Assert.Contains(rules, rule => rule.Path == typeof(ChildRules).Assembly.Location);
        Assert.Contains(ChildRules.For(new EngineOptions { DataPath = "/elsewhere" }), rule => rule.Path == AppContext.BaseDirectory);
    }

    [Theory]
    [InlineData("files,network,calls", true)]
    [InlineData("network,calls; this kernel has no Landlock (Linux 5.19 or later is needed)", false)]
    [InlineData("none; macOS", false)]
    [InlineData(null, false)]
    public void State_ByItsLine_IsTheSame(string? line, bool complete)
    {
        var state = ConfinementState.Parse(line);
        Assert.Equal(complete, state.IsComplete);
        Assert.Equal(complete, state.Warning is null);
        if (line is not null)
            Assert.Equal(line, state.ToString());
    }
}
