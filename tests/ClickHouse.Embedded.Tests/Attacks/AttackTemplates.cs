namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>Puts the canaries into a template and templates into each other.</summary>
internal static class AttackTemplates
{
    // The engine makes a disk's folder only the first time that it sees its path.
    static int _folders;

    /// <summary>
    /// @FILE@ a file, @AT@ the folder of files, @EMPTY@ an empty folder, @LOG@ the log beside the engine's folder, @NEW@ a file and
    /// @NEWDIR@ a folder that are not there, @PROGRAM@ an executable, @PORT@ and @URL@ the listener.
    /// </summary>
    public static string Fill(this Canaries canaries, string template) => template
        .Replace("@FILE@", canaries.File, StringComparison.Ordinal)
        .Replace("@AT@", canaries.Folder, StringComparison.Ordinal)
        .Replace("@EMPTY@", canaries.EmptyFolder, StringComparison.Ordinal)
        .Replace("@LOG@", canaries.LogFolder, StringComparison.Ordinal)
        .Replace("@NEW@", canaries.At("new.txt"), StringComparison.Ordinal)
        .Replace("@NEWDIR@", canaries.At($"newdir{Interlocked.Increment(ref _folders)}"), StringComparison.Ordinal)
        .Replace("@PROGRAM@", canaries.At("program.sh"), StringComparison.Ordinal)
        .Replace("@URL@", $"http://127.0.0.1:{canaries.Port}/x", StringComparison.Ordinal)
        .Replace("@PORT@", canaries.Port.ToString(), StringComparison.Ordinal);

    /// <summary>What is made of every template once the canaries stand in it.</summary>
    public static IEnumerable<T> Fill<T>(this Canaries canaries, IEnumerable<string> templates, Func<string, T> make)
        => templates.Select(template => make(canaries.Fill(template)));

    /// <summary>Every name in every template, for @NAME@.</summary>
    public static IEnumerable<string> Cross(IEnumerable<string> names, params string[] templates)
        => names.SelectMany(name => templates.Select(template => template.Replace("@NAME@", name, StringComparison.Ordinal)));
}
