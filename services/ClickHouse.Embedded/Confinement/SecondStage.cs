namespace Tidemark.ClickHouse.Embedded.Confinement;

/// <summary>The last step before requests are taken: everything is open, so calls that open more are denied from now on.</summary>
internal static class SecondStage
{
    /// <summary>Puts the filter on and says what holds, by trying; a line on standard error when something does not.</summary>
    public static ConfinementState Confine()
    {
        var files = FirstStage.FilesMissing();
        var calls = OperatingSystem.IsLinux() ? CallFilter.Install() : null;
        var filtered = OperatingSystem.IsLinux() && calls is null && CallFilter.IsInForce();
        var network = filtered || (files is null && Landlock.Version(out _) >= Landlock.FirstWithNetwork);
        var reasons = string.Join(", ", new[] { files, calls }.Where(reason => reason is not null));
        var state = new ConfinementState(files is null, network, filtered, reasons.Length > 0 ? reasons : null);
        if (state.Warning is { } warning)
            Console.Error.WriteLine(warning);
        return state;
    }
}
