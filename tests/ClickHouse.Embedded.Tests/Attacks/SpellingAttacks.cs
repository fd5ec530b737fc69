namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>One call in all the ways that the engine's lexer reads it: quotes, escapes, blanks, comments, upper case.</summary>
internal static class SpellingAttacks
{
    static readonly string[] _blanks = [" ", "\n", "\r\n", "\t", "\v", "\f", "\0", "\u00A0", "\u0085", "\u1680", "\u180E", "\u2000", "\u2003", "\u2007", "\u200A", "\u200B", "\u200D", "\u2028", "\u2029", "\u202F", "\u205F", "\u2060", "\u3000", "\uFEFF", "/**/", "/* ( */", "-- x\n", "// x\n", "# x\n", "#!x\n", "--x\n", "/*/**/*/", "\u2212\u2212 x\n"];

    static readonly string[] _names =
    [
        "file", "FILE", "File", "fILE", "`file`", "\"file\"", "`FILE`", "`f\\x69le`", "\"f\\x69le\"", "`\\x66\\x69\\x6C\\x65`", "`f\\u0069le`", "`fi\\le`", "`file\\0`", "`f``ile`", "\u201Cfile\u201D", "\u2018file\u2019", "\u201Cf\\x69le\u201D", "'file'", "`fil\\e`", "`\\file`", "system.file", "`default`.file", "`file` ", "{n:Identifier}", "\uFF46\uFF49\uFF4C\uFF45", "f\u0131le", "file::", "$$file$$",
    ];

    static readonly string[] _paths = ["'@FILE@'", "$$@FILE@$$", "$x$@FILE@$x$", "\u2018@FILE@\u2019", "'\\x2F@FILE@'", "concat('', '@FILE@')", "materialize('@FILE@')", "{p:String}", "unhex(hex('@FILE@'))", "x'@HEX@'", "b'@FILE@'", "_CAST('@FILE@', 'String')", "('@FILE@')", "'@FILE@' AS q", "CAST('@FILE@' AS LowCardinality(String))", "toFixedString('@FILE@', length('@FILE@'))", "'@FILE@', 'default'", "'@FILE@', NULL"];

    static readonly string[] _routes = ["/proc/self/root@FILE@", "/proc/self/cwd/../../../../../../../../../..@FILE@", "//@FILE@", "/.@FILE@", "../../outside/canary.txt", "../../../outside/canary.txt", "link.txt", "link/canary.txt", "../link.txt", "user_files/../../../outside/canary.txt", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "/proc/thread-self/root@FILE@", "/proc/self/environ", "/proc/self/task/1/environ", "file://@FILE@", "@AT@/canar?.txt", "@AT@/{canary,x}.txt", "@AT@/**", "@AT@/canary.txt\\0", "@LOG@/000001.log", "../log/000001.log", "@AT@/canary.txt.gz", "@AT@/canary.zip :: canary.txt", "~/x", "$HOME/x"];

    static IEnumerable<string> Calls()
    {
        foreach (var name in _names)
        {
            yield return $"{name}('@FILE@')";
            yield return $"{name} ('@FILE@')";
        }

        foreach (var blank in _blanks)
        {
            yield return $"file{blank}('@FILE@')";
            yield return $"`file`{blank}('@FILE@')";
            yield return $"{blank}file({blank}'@FILE@'{blank})";
        }

        foreach (var path in _paths)
            yield return $"file({path})";
        foreach (var route in _routes)
            yield return $"file('{route}')";
    }

    static string Hex(string path) => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(path));

    static IEnumerable<string> Filled(Canaries canaries) => canaries.Fill(Calls(), call => call.Replace("@HEX@", Hex(canaries.File), StringComparison.Ordinal));

    static string Parameters(Canaries canaries) => $"param_n=file&param_p={Uri.EscapeDataString(canaries.File)}";

    /// <summary>As an expression, a table and in a subquery of a statement.</summary>
    public static IEnumerable<Attack> InStatements(Canaries canaries) => Filled(canaries).SelectMany(call => (Attack[])
    [
        Attack.Sql($"SELECT {call}", "/?" + Parameters(canaries)),
        Attack.Sql($"SELECT * FROM {call}", "/?" + Parameters(canaries)),
        Attack.Sql($"SELECT * FROM {call[..^1]}, LineAsString)", "/?" + Parameters(canaries)),
    ]);

    /// <summary>Where only the reader of values sees it: a session's table, an external table, the writer's table; alone and within an expression.</summary>
    public static IEnumerable<Attack> InValues(Canaries canaries) => Filled(canaries).SelectMany(call => (Attack[])
    [
        Attack.Session("CREATE TEMPORARY TABLE attacked (a String)", $"INSERT INTO attacked VALUES ({call})", "SELECT * FROM attacked", "DROP TEMPORARY TABLE attacked"),
        Attack.Session("CREATE TEMPORARY TABLE attacked (a String)", $"INSERT INTO attacked FORMAT Values ('a'), (concat('x', {call}))", "SELECT * FROM attacked", "DROP TEMPORARY TABLE attacked"),
        Attack.Form("SELECT * FROM t", [("t_format", "Values"), ("t_structure", "a String")], data: $"({call})"),
        Attack.Form("SELECT * FROM t", [("t_format", "values"), ("t_types", "String")], data: $"(lower({call}))"),
        Attack.Form("SELECT * FROM t", [("t_format", "TSV"), ("t_structure", $"b String, a String DEFAULT {call}")], data: "x"),
    ]);

    /// <summary>The same as the writer, whose tables stay.</summary>
    public static IEnumerable<Attack> InTables(Canaries canaries) => Filled(canaries).Select(call =>
    {
        var name = EngineFixture.Table();
        return new Attack(
            Attack.Post("/", $"CREATE TABLE {name} (a String) ENGINE = Memory"), Attack.Post("/", $"INSERT INTO {name} VALUES ({call})"), Attack.Post("/", $"INSERT INTO {name} VALUES (concat('x', {call}))"),
            Attack.Post("/", $"INSERT INTO {name} SELECT {call}"), Attack.Post("/", $"SELECT * FROM {name}"), Attack.Post("/", $"DROP TABLE IF EXISTS {name} SYNC"));
    });
}
