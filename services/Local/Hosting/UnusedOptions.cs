using Tidemark.Local.Configuration;

namespace Tidemark.Local.Hosting;

/// <summary>Options that were given and have no effect, because ClickHouse is the engine or because it is not.</summary>
internal static class UnusedOptions
{
    private static readonly string[] _engine = [nameof(LocalOptions.SqlPort), nameof(LocalOptions.EngineMemory), nameof(LocalOptions.SqlAllowedOrigins)];

    /// <summary>Null when there is none.</summary>
    public static string? Line(LocalOptions options)
    {
        var unused = (options.UsesServer ? _engine.Select(OptionTable.Own) : OptionTable.Server).Where(o => options.Given.Contains(o.Name)).Select(static o => o.Name).ToList();
        if (unused.Count == 0)
            return null;
        return options.UsesServer
            ? $"not used with --{OptionTable.ClickHouse}, since no engine is started and no SQL port is opened: {string.Join(", ", unused)}"
            : $"not used without --{OptionTable.ClickHouse}: {string.Join(", ", unused)}";
    }
}
