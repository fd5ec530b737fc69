using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.Local.Configuration;

/// <summary>One option of the local edition. It has one name; what it is called on the command line, in the environment and in the file is made from that here.</summary>
/// <param name="Name">Lower case with dashes, such as <c>max-duration</c>.</param>
/// <param name="Property">What it sets.</param>
/// <param name="IsFile">True for the option that names a file with the value instead.</param>
internal sealed record LocalOption(string Name, OptionProperty Property, bool IsFile)
{
    public const string EnvironmentPrefix = "TIDEMARK_";

    /// <summary>Keys that it sets, such as <c>Sessionizer:MaxDuration</c>; more than one where services have the same option.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Makes <see cref="Help"/>.</summary>
    public required Func<string> Text { get; init; }

    /// <summary>Line of help. The documentation is read for it, which takes longer than a start without it.</summary>
    public string Help => Text();

    /// <summary><c>--max-duration</c></summary>
    public string OnCommandLine => "--" + Name;

    /// <summary><c>TIDEMARK_MAX_DURATION</c></summary>
    public string InEnvironment => EnvironmentPrefix + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary><c>maxDuration</c></summary>
    public string InFile => string.Concat(Name.Split('-').Select((part, i) => i == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));

    /// <summary>True when the value itself is a secret: the command line shows everybody what it has, so it is not taken there.</summary>
    public bool IsSecret => Property.IsSecret && !IsFile;

    /// <summary>True when a secret may stand somewhere in its value.</summary>
    public bool HoldsSecrets => IsSecret || (IsRecords && HasSecrets(Property.Element!));

    public bool IsFlag => Property.Type == typeof(bool);

    public bool IsRecords => Property.IsRecords && !IsFile;

    /// <summary>How its value is called in help.</summary>
    public string Value =>
        IsFile ? "FILE"
        : IsRecords ? "NAME:SETTING=VALUE,…"
        : Property.Element is not null ? "LIST"
        : (Nullable.GetUnderlyingType(Property.Type) ?? Property.Type) switch
        {
            { } type when type == typeof(TimeSpan) => "DURATION",
            { } type when type == typeof(Uri) => "URL",
            { } type when type == typeof(int) || type == typeof(long) => "N",
            _ => "TEXT",
        };

    private static bool HasSecrets(Type record) => OptionProperty.Of(record).Any(static p => p.IsSecret || (p.IsRecords && HasSecrets(p.Element!)));

    /// <summary>A part of a name, in whichever way it is written, as configuration compares it (which does not look at case).</summary>
    public static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    /// <summary>Lower case with dashes, of the name of a property: <c>MaxDuration</c> is <c>max-duration</c>.</summary>
    public static string Dashed(string property) =>
        string.Concat(property.Select(static (c, i) => char.IsAsciiLetterUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
