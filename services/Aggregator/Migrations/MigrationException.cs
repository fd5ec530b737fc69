namespace Tidemark.Aggregator.Migrations;

/// <summary>The database cannot be brought to this version's schema; the message says why and what to do. <paramref name="final"/>: nothing but another version of the program helps.</summary>
public sealed class MigrationException(string message, bool final = false) : Exception(message)
{
    /// <summary>The schema is newer than this program. Anything else may be mended while it waits.</summary>
    public bool Final { get; } = final;
}
