using Tidemark.EndToEnd.Tests.Product;

namespace Tidemark.EndToEnd.Tests.Faults;

/// <summary>A machine without Node: the build says what to install, and a program without the engine says so too; each in one line, and not as a success.</summary>
public sealed class NoEngineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-no-engine-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Building_without_npm_ends_with_the_line_that_says_what_to_install()
    {
        Skip.If(OperatingSystem.IsWindows(), "the engine is for Linux and macOS: run it there");
        var engine = RepositoryFolder.PathOf("services", "ClickHouse.Embedded", "engine");
        foreach (var name in (string[])["Engine.Install.targets", "package.json", "package-lock.json"])
            File.Copy(Path.Combine(engine, name), Path.Combine(_folder, name));
        File.CreateSymbolicLink(Path.Combine(_folder, "sh"), "/bin/sh");
        var project = Path.Combine(_folder, "engine.proj");
        await File.WriteAllTextAsync(project, """<Project><Import Project="Engine.Install.targets" /></Project>""");
        var (status, said, error) = await WithoutPathAsync("msbuild", project, "-target:InstallEngine", "-verbosity:quiet", "-nologo", "-nodeReuse:false");
        Assert.NotEqual(0, status);
        var line = Assert.Single((said + error).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("npm is missing: the ClickHouse engine comes as an npm package. Install Node.js", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--http-port", "0", "--sql-port", "0")]
    [InlineData("engine", "--sql-port", "0")]
    [InlineData("sql", "SELECT 1")]
    public async Task Running_without_the_engine_ends_with_the_line_that_says_what_to_install(params string[] arguments)
    {
        var program = Directory.CreateDirectory(Path.Combine(_folder, "program"));
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory).Where(file => Path.GetFileName(file) != "engine.path"))
            File.Copy(file, Path.Combine(program.FullName, Path.GetFileName(file)));
        foreach (var native in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "runtimes"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(program.FullName, Path.GetRelativePath(AppContext.BaseDirectory, native));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.CreateSymbolicLink(target, native);
        }
        // sql refuses a folder that no command has worked on.
        Local.Configuration.DataFolder.Prepare(Path.Combine(_folder, "data"));
        var (status, said, error) = await WithoutPathAsync([Path.Combine(program.FullName, "tidemark.dll"), .. arguments, "--data", Path.Combine(_folder, "data")]);
        Assert.NotEqual(0, status);
        var line = Assert.Single((said + error).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("no ClickHouse engine for ", line, StringComparison.Ordinal);
        Assert.Contains("install Node.js with npm and build again", line, StringComparison.Ordinal);
    }

    private Task<ShellResult> WithoutPathAsync(params string[] arguments)
    {
        // Of the test's own host: they would lead a build to its tools.
        var own = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase));
        return Shell.RunAsync(Environment.ProcessPath!, arguments, _folder, [new("PATH", _folder), .. own.Select(name => new KeyValuePair<string, string?>(name, null))]);
    }
}
