namespace Tidemark.EndToEnd.Tests.Product;

/// <summary>The local edition's command, as its users run it.</summary>
internal static class LocalCommand
{
    internal static string Dll { get; } = Shell.ProgramFile("tidemark.dll");

    internal static Task<ShellResult> RunAsync(params string[] arguments) => Shell.RunAsync("dotnet", [Dll, .. arguments]);
}
