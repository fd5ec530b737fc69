using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Tidemark.Testing;

/// <summary>Runs a program to its end and keeps what it wrote.</summary>
public static class Shell
{
    /// <summary>How long a program may take on a machine that has much else to do.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    /// <param name="program">A path, or a name to be found on the PATH.</param>
    /// <param name="arguments">One element an argument; nothing is quoted or expanded.</param>
    /// <param name="folder">Where it runs; null for the folder of this process.</param>
    /// <param name="environment">Added to this process's own; a null value takes a variable away.</param>
    /// <param name="input">UTF-8 for its standard input, which ends behind it.</param>
    /// <exception cref="TimeoutException">It ran for longer than <see cref="Limit"/> and was killed; what it had written is in the message.</exception>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    public static async Task<ShellResult> RunAsync(
        string program, IEnumerable<string> arguments, string? folder = null, IEnumerable<KeyValuePair<string, string?>>? environment = null, string input = "")
    {
        using var process = Start(program, arguments, folder, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await WriteAsync(process, input, limit.Token);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Limit.TotalMinutes} minutes: {await errors}{await output}");
        }
        return new ShellResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Runs one of our programs by its assembly.</summary>
    public static Task<ShellResult> RunOursAsync(string assembly, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>>? environment = null) =>
        RunAsync("dotnet", [ProgramFile(assembly), .. arguments], environment: environment);

    /// <summary>
    /// Where the build has put one of our programs: the local edition in its own folder, compiled ahead of time as its users have it; what is not there, beside the tests.
    /// </summary>
    public static string ProgramFile(string assembly)
    {
        var beside = new DirectoryInfo(AppContext.BaseDirectory);
        var own = RepositoryFolder.PathOf("services", "Local", "bin", beside.Parent!.Name, beside.Name, assembly);
        return File.Exists(own) ? own : Path.Combine(beside.FullName, assembly);
    }

    /// <summary>Whether a program of this name is on the PATH.</summary>
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Sends a signal by name: STOP, CONT, TERM, INT.</summary>
    public static async Task SignalAsync(int process, string signal)
    {
        var (status, _, errors) = await RunAsync("kill", [$"-{signal}", process.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        if (status != 0)
            throw new InvalidOperationException($"kill -{signal} {process}: {errors}");
    }

    internal static Process Start(string program, IEnumerable<string> arguments, string? folder, IEnumerable<KeyValuePair<string, string?>>? environment)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its status says what came of that.
        }
    }
}

/// <summary>What a program ended with and wrote.</summary>
public sealed record ShellResult(int Status, string Out, string Error);
