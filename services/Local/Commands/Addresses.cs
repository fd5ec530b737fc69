namespace Tidemark.Local.Commands;

internal static class Addresses
{
    public static Uri Parse(string text, string option) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Length > 0
            ? address
            : throw new CommandFailedException($"{option} takes an address such as http://127.0.0.1:8080; {Quoted.Text(text)} is not valid");
}
