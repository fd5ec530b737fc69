using System.Diagnostics;

namespace Tidemark.EndToEnd.Tests.Browser;

/// <summary>The machine's Chromium without a window, on an empty profile of its own.</summary>
internal sealed class Chromium : IDisposable
{
    private readonly string _profile = Directory.CreateTempSubdirectory("tidemark-browser-").FullName;
    private readonly Process _process;

    private Chromium(string program, Uri page, string resolves)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--no-default-browser-check", "--no-proxy-server",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-popup-blocking", "--password-store=basic",
            $"--user-data-dir={_profile}", $"--host-resolver-rules={resolves}", page.AbsoluteUri])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What <c>TIDEMARK_TEST_CHROMIUM</c> names, else the first of the usual names on the path; null when there is none.</summary>
    internal static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TIDEMARK_TEST_CHROMIUM") is { Length: > 0 } named)
            return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    /// <summary>Opens a page; names go where <paramref name="resolves"/> says, such as "MAP evil.example 127.0.0.1".</summary>
    internal static Chromium Open(string program, Uri page, string resolves) => new(program, page, resolves);

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // One of its processes still writes; it is a temporary folder.
        }
    }
}
