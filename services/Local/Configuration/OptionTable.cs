using System.Globalization;
using Tidemark.HttpHardening.Pages;
using Tidemark.ServiceDefaults.Configuration;
using Pages = Tidemark.HttpHardening.Pages.AllowedOrigins;

namespace Tidemark.Local.Configuration;

/// <summary>One option of <see cref="LocalOptions"/>: what it is called everywhere, and how its text is read.</summary>
/// <param name="Name">On the command line with two dashes; in the file as it is or in camelCase; in the environment as TIDEMARK_NAME.</param>
/// <param name="Value">How the value is called in help.</param>
/// <param name="Help">One line, with the default.</param>
/// <param name="Apply">Options with the text applied; null when it is no such value.</param>
/// <param name="Takes">What a right value looks like, for the message about a wrong one.</param>
internal sealed record OptionEntry(string Name, string Value, string Help, string Takes, Func<LocalOptions, string, LocalOptions?> Apply)
{
    /// <summary>What is wrong with a text, where one line does not say it.</summary>
    public Func<string, IReadOnlyList<string>>? Explain { get; init; }

    public string EnvironmentName => "TIDEMARK_" + Name.Replace('-', '_').ToUpperInvariant();

    public string CamelName => string.Concat(Name.Split('-').Select((part, i) => i == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));
}

/// <summary>All options that can be given on the command line, in a file and in the environment.</summary>
internal static class OptionTable
{
    private const string Port = "a port number from 0 to 65535 (0: any free one)";
    private const string Origins = "a list of origins such as https://shop.example.org,http://192.168.0.7:3000";
    public const string Duration = "a duration such as 500ms, 30s, 30m or 2h";

    public static readonly OptionEntry HttpPort = new(
        "http-port", "PORT", "Port of the collector on 127.0.0.1; 0 takes a free one. Default 8080.", Port,
        static (o, text) => TryPort(text, out var port) ? o with { HttpPort = port } : null);

    public static readonly OptionEntry SqlPort = new(
        "sql-port", "PORT", "Port of ClickHouse's HTTP interface on 127.0.0.1; 0 takes a free one. Default 8123.", Port,
        static (o, text) => TryPort(text, out var port) ? o with { SqlPort = port } : null);

    public static readonly OptionEntry Gap = new(
        "gap", "DURATION", "Two events of a visitor at most this far apart belong to one session. Default 30m.", Duration,
        static (o, text) => Durations.TryParse(text, out var value) && value > TimeSpan.Zero ? o with { Gap = value } : null);

    public static readonly OptionEntry Disorder = new(
        "disorder", "DURATION", "How far events may be out of order before a closed session needs a correction. Default 30s, or the gap when that is shorter.", Duration,
        static (o, text) => Durations.TryParse(text, out var value) ? o with { Disorder = value } : null);

    public static readonly OptionEntry Lateness = new(
        "lateness", "DURATION", "How late an event may be and still count. Default 2h.", Duration,
        static (o, text) => Durations.TryParse(text, out var value) ? o with { Lateness = value } : null);

    public static readonly OptionEntry MaxDuration = new(
        "max-duration", "DURATION", "A session that lasts longer is cut. Default 12h.", Duration,
        static (o, text) => Durations.TryParse(text, out var value) && value > TimeSpan.Zero ? o with { MaxDuration = value } : null);

    public static readonly OptionEntry ProjectSettings = new(
        "project-rules", "RULES", "Settings of a project in the place of the general ones: local:gap=10m,lateness=1h (also disorder, max-duration, max-events). Default none.",
        ProjectRules.Takes, static (o, text) => ProjectRules.Read(text, []) is { } projects ? o with { Projects = projects } : null)
    {
        Explain = static text =>
        {
            var mistakes = new List<string>();
            ProjectRules.Read(text, mistakes);
            return mistakes;
        },
    };

    public static readonly OptionEntry EngineMemory = new(
        "engine-memory", "MIB", "Memory that the ClickHouse engine may use, MiB. Default 1024.", "a number of MiB from 512 to 1048576",
        static (o, text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mib) && mib is >= 512 and <= 1 << 20 ? o with { EngineMemory = mib } : null);

    public static readonly OptionEntry AllowedHosts = new(
        "allowed-hosts", "NAMES", "Names and addresses, divided by commas, that requests to both ports may ask for beside localhost and 127.0.0.1: for a tunnel, a proxy or a container. Default none.",
        "a list of names or addresses such as box.example.org,*.example.org, without scheme and port",
        static (o, text) => List(text, ServedHosts.IsName) is { } hosts ? o with { AllowedHosts = hosts } : null);

    public static readonly OptionEntry AllowedOrigins = new(
        "allowed-origins", "ORIGINS", "Origins, divided by commas, whose pages may send events with the key local; pages served from this machine may anyway. Default none.",
        Origins, static (o, text) => List(text, Pages.IsOrigin) is { } origins ? o with { AllowedOrigins = origins } : null);

    public static readonly OptionEntry SqlAllowedOrigins = new(
        "sql-allowed-origins", "ORIGINS", "Origins, divided by commas, whose pages may query and read over the SQL port. Default none, pages of this machine included.",
        Origins, static (o, text) => List(text, Pages.IsOrigin) is { } origins ? o with { SqlAllowedOrigins = origins } : null);

    public static readonly OptionEntry BeginAnew = new(
        "begin-anew", "ID", "The log's folder was deleted: load the new log, whose id this is, beside the rows that are there. The message that asks for it names the id. Default none.",
        "an id as the message names it", static (o, text) => List(text, IsId) is { } ids ? o with { BeginAnew = ids } : null);

    public static readonly IReadOnlyList<OptionEntry> Rules = [Gap, Disorder, Lateness, MaxDuration, ProjectSettings];

    /// <summary>Those that may be an array of texts in a file.</summary>
    public static readonly IReadOnlyList<OptionEntry> Lists = [AllowedHosts, AllowedOrigins, SqlAllowedOrigins, BeginAnew];

    public static readonly IReadOnlyList<OptionEntry> All = [HttpPort, SqlPort, Gap, Disorder, Lateness, MaxDuration, ProjectSettings, EngineMemory, AllowedHosts, AllowedOrigins, SqlAllowedOrigins, BeginAnew];

    private static bool IsId(string text) => text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>What is between the commas; null when one of it is not right.</summary>
    private static string[]? List(string text, Func<string, bool> isRight)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Array.TrueForAll(parts, part => isRight(part)) ? parts : null;
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
}
