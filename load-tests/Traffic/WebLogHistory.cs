using System.Diagnostics;
using System.Globalization;
using Tidemark.LoadTests.Product;
using Tidemark.Testing;

namespace Tidemark.LoadTests.Traffic;

/// <summary>
/// The web server's log, sent by the product's own <c>import --to</c>. It knows one address: a proxy's, which leads to a collector that runs, as a load balancer does, over a
/// link that is narrow enough for faults to fall into the import.
/// </summary>
internal sealed class WebLogHistory : IHistory
{
    /// <summary>Of the narrow link: the import of three megabytes takes 15 s and more.</summary>
    private const int KilobytesPerSecond = 200;

    private readonly byte[] _key = WebLogData.NewKey();
    private readonly WebLogData _data;

    internal WebLogHistory() => _data = WebLogData.Read(_key);

    public string Name => "the web server's log";

    public int Events => _data.Events;

    public int Sessions => _data.Sessions;

    public string SessionsHash => _data.SessionsHash;

    public string HashOf(IReadOnlyList<string> sessions) => _data.HashOf(sessions);

    public async Task SendAsync(ClusterProduct product, CancellationToken cancellation)
    {
        using var sent = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var link = await Toxiproxy.StartAsync(product.Collectors[0].Port, cancellation);
        await link.NarrowAsync(KilobytesPerSecond);
        var door = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{link.Port}/");
        var start = new ProcessStartInfo("dotnet", [Shell.ProgramFile("tidemark.dll"), "import", WebLogData.File, "--format", "access-log", "--to", door, "--key", product.Key])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TIDEMARK_VISITOR_KEY"] = Convert.ToHexStringLower(_key);
        var balancing = BalanceAsync(link, product, sent.Token);
        using var import = Process.Start(start)!;
        var (output, errors) = (import.StandardOutput.ReadToEndAsync(cancellation), import.StandardError.ReadToEndAsync(cancellation));
        await import.WaitForExitAsync(cancellation);
        await sent.CancelAsync();
        await balancing;
        if (import.ExitCode != 0)
            throw new InvalidOperationException($"import ended with {import.ExitCode}: {await output}{await errors}");
    }

    /// <summary>Leads the link to another collector when the one it leads to has left.</summary>
    private static async Task BalanceAsync(Toxiproxy link, ClusterProduct product, CancellationToken sent)
    {
        var chosen = product.Collectors[0];
        while (!sent.IsCancellationRequested)
        {
            if (!chosen.Process.IsRunning && product.Collectors.FirstOrDefault(static c => c.Process.IsRunning) is { } other)
                await link.LeadToAsync((chosen = other).Port);
            await Task.Delay(100, CancellationToken.None);
        }
    }
}
