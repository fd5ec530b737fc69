using System.Collections.Frozen;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>
/// Which settings a reader may send, in whatever place of a request: those of <see cref="ClientSettings"/>. The profile of the engine keeps what names
/// a file or an address constant as well. The writer is held by the profile alone.
/// </summary>
internal sealed class SettingRules(IEnumerable<string> engineSettings)
{
    // The door's own: how a reader is held to reading, and what keeps expressions out of data.
    static readonly FrozenSet<string> _fixed = FrozenSet.Create(StringComparer.Ordinal, ["input_format_values_interpret_expressions", "input_format_values_deduce_templates_of_expressions", "input_format_values_accurate_types_of_literals"]);

    readonly FrozenSet<string> _known = engineSettings.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Throws for a setting whose value is SQL, which no rule judges: nobody sends one.</summary>
    public static void CheckValues(IEnumerable<string> names)
    {
        foreach (var name in names)
            if (ClientSettings.Expressions.Contains(name))
                throw EngineErrorException.Of(452, "SETTING_CONSTRAINT_VIOLATION", $"Setting {name} should not be changed");
    }

    /// <summary>Throws what a server says of a setting that its profile does not let a user change, or does not know.</summary>
    public void Check(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (ClientSettings.Allowed.Contains(name) && !_fixed.Contains(name))
                continue;
            // A value for {name:Type}; it is text to the engine whatever it holds.
            if (name.StartsWith("param_", StringComparison.Ordinal))
                continue;
            throw _known.Contains(name)
                ? EngineErrorException.Of(452, "SETTING_CONSTRAINT_VIOLATION", $"Setting {name} should not be changed")
                : EngineErrorException.Of(115, "UNKNOWN_SETTING", $"Unknown setting '{name}'");
        }
    }
}
