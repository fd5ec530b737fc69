namespace Tidemark.ClickHouse.Embedded.Confinement;

/// <summary>
/// What the operating system keeps the engine's process from, whatever SQL it is given. Measured by the process itself once everything is in force.
/// </summary>
/// <param name="Files">It opens no file but those of its own folder and, to read, its configuration, its program and its libraries.</param>
/// <param name="Network">It makes no connection; it only answers on its port.</param>
/// <param name="Calls">It starts no program, and the calls that it has no use for fail.</param>
/// <param name="Missing">Why one of them does not hold; null when all do.</param>
public sealed record ConfinementState(bool Files, bool Network, bool Calls, string? Missing)
{
    const string NoneHold = "none";

    /// <summary>All three hold.</summary>
    public bool IsComplete => Files && Network && Calls;

    /// <summary>The line for the start and for health: what does not hold, and why. Null when all do.</summary>
    public string? Warning
    {
        get
        {
            if (IsComplete)
                return null;
            string[] free = [.. new[] { Files ? "" : "files", Network ? "" : "connections", Calls ? "" : "programs" }.Where(text => text.Length > 0)];
            return $"the ClickHouse engine is not fully confined: {string.Join(", ", free)} of this machine are kept from SQL by its own checks alone; {Missing ?? "no reason is known"}";
        }
    }

    /// <summary>One line, as in the header of /ping: <c>files,network,calls</c>, what is missing left out, then <c>; why</c>.</summary>
    public override string ToString()
    {
        var held = string.Join(',', new[] { Files ? "files" : "", Network ? "network" : "", Calls ? "calls" : "" }.Where(text => text.Length > 0));
        return (held.Length > 0 ? held : NoneHold) + (Missing is null ? "" : "; " + Missing);
    }

    /// <summary>Reads the line back; a process that sends none says nothing of its confinement, so nothing is assumed.</summary>
    public static ConfinementState Parse(string? line)
    {
        if (line is null)
            return new(false, false, false, "its process does not say");
        var parts = line.Split("; ", 2);
        var held = parts[0].Split(',');
        return new(held.Contains("files"), held.Contains("network"), held.Contains("calls"), parts.Length > 1 ? parts[1] : null);
    }
}
