using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>Everything of a form that becomes part of a statement: names, structures, types, formats, data, fields, the parts' own headers.</summary>
internal static class FormAttacks
{
    static readonly string[] _structures =
    [
        "a String) ENGINE = File(LineAsString, '@FILE@'", "a String) ENGINE = File(LineAsString, '@FILE@') --", "a String) ENGINE = URL('@URL@', CSV) --", "a String) ENGINE = FileLog('@AT@', 'LineAsString') --", "a String) ENGINE = EmbeddedRocksDB(0, '@NEWDIR@') PRIMARY KEY (a", "a String) ENGINE = EmbeddedRocksDB(0, '@LOG@', 1) PRIMARY KEY a --", "a String) AS SELECT file('@FILE@') --", "a String) AS SELECT * FROM file('@FILE@', LineAsString) --", "a String); SELECT 1 INTO OUTFILE '@NEW@' --", "a String); SELECT file('@FILE@') --", "a String); INSERT INTO FUNCTION file('@NEW@', CSV, 'a String') SELECT 'x' --",
        "a String) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local, path = '@NEWDIR@') --", "a String DEFAULT file('@FILE@')", "b String, a String MATERIALIZED file('@FILE@')", "b String, a String ALIAS file('@FILE@')", "b String, a String EPHEMERAL file('@FILE@')", "a String CODEC(NONE) DEFAULT file('@FILE@')", "a String TTL toDate(file('@FILE@'))", "a String, INDEX i file('@FILE@') TYPE minmax", "a String, PROJECTION p (SELECT file('@FILE@'))", "a String, CONSTRAINT c CHECK file('@FILE@') != ''", "a String COMMENT '') AS SELECT file('@FILE@') AS a FROM (SELECT 1",
        "a String /* ", "a String -- ", "a String SETTINGS (disk = '@NEWDIR@')", "a Enum8(file('@FILE@') = 1)", "a FixedString(length(file('@FILE@')))", "a AggregateFunction(quantile(file('@FILE@')), UInt8)", "a Object(file('@FILE@'))", "a JSON(SKIP file('@FILE@'))", "a DateTime(file('@FILE@'))", "a String = file('@FILE@')", "`a` String, `b) ENGINE = File(CSV, '@NEW@') --` String", "a String) ENGINE = Memory COMMENT '@FILE@' --", "* ", "", "a", "a String,", "AS SELECT 1", "a String PRIMARY KEY", "a String) ENGINE = Distributed('127.0.0.1:@PORT@', system, one) --", "a String) ENGINE = MySQL('127.0.0.1:@PORT@', 'd', 't', 'u', 'p') --", "a String) CLONE AS system.one --",
    ];

    static readonly string[] _names =
    [
        "t` (a String) ENGINE = File(LineAsString, '@FILE@') --", "t\\` (a String) ENGINE = File(LineAsString, '@FILE@') --", "@FILE@", "../../outside/new", "system.one", "`", "t; SELECT file('@FILE@')", "t\0", "", "file", "query", "t\r\n",
    ];

    public static IEnumerable<Attack> Structures(Canaries canaries) => canaries.Fill(_structures, structure => structure).SelectMany(structure => (Attack[])
    [
        Attack.Form("SELECT * FROM t", [("t_structure", structure)]),
        Attack.Form("SELECT * FROM t", [("t_structure", structure), ("t_format", "Values")], data: "('1')"),
        Attack.Form("SELECT * FROM t", [("t_types", structure.StartsWith("a ", StringComparison.Ordinal) ? structure[2..] : structure)]),
        new(Attack.Form("SELECT * FROM t", []).Steps[0] with { Url = $"/?query=SELECT%20*%20FROM%20t&t_structure={Uri.EscapeDataString(structure)}" }),
        new(Attack.Form("SELECT * FROM t", [("t_structure", "a String")]).Steps[0] with { Url = $"/?query=SELECT%20*%20FROM%20t&t_types={Uri.EscapeDataString(structure)}" }),
    ]);

    public static IEnumerable<Attack> Names(Canaries canaries) => canaries.Fill(_names, name => name).SelectMany(name => (Attack[])
    [
        Attack.Form("SELECT * FROM t", [(name + "_structure", "a String")], table: name), Attack.Form($"SELECT * FROM `{name}`", [(name + "_types", "String")], table: name), Attack.Form("SELECT 1", [(name, "x")]), Attack.Form("SELECT 1", [("t_format", name), ("t_structure", "a String")]), Attack.Form("SELECT 1", [("param_" + name, "x")]),
        Attack.Form("SELECT * FROM t", [("t_structure", "a String"), ("t_structure", name)]),
    ]);

    /// <summary>Tables that lie about themselves: twice, hundreds, cut off, without a boundary.</summary>
    public static IEnumerable<Attack> Shapes() =>
    [
        Raw("--b\r\n\r\n"), Raw("--b\r\nContent-Disposition: form-data; name=\"t\"; filename=\"t\"\r\n\r\n1"), Raw("--b--"), Raw(""), Raw("--c\r\n\r\n--c--"), Raw("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"), Raw("--b\r\nContent-Disposition: attachment; filename*=UTF-8''%2Fetc%2Fpasswd; name=t\r\n\r\nx\r\n--b--"),
        Raw("--b\r\n" + new string('a', 20_000) + ": b\r\n\r\n--b--"), Raw(string.Concat(Enumerable.Range(0, 300).Select(i => $"--b\r\nA{i}: b\r\n\r\n\r\n")) + "--b--"), Raw(string.Concat(Enumerable.Range(0, 2000).Select(i => $"--b\r\nContent-Disposition: form-data; name=\"t{i}\"; filename=\"t\"\r\n\r\n1\r\n")) + "--b--"),
        Raw("--b\r\nContent-Disposition: form-data; name=\"t_structure\"\r\n\r\na String\r\n--b\r\nContent-Disposition: form-data; name=\"t\"; filename=\"t\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"t\"; filename=\"t\"\r\n\r\n2\r\n--b--"), Raw("x", "multipart/form-data"), Raw("x", "multipart/form-data; boundary="), Raw("x", "multipart/form-data; boundary=\"" + new string('b', 300) + "\""), Raw("x", "multipart/form-data; boundary=\u00e9"), Raw("x", "multipart/mixed; boundary=b"),
    ];

    static Attack Raw(string body, string type = "multipart/form-data; boundary=b") => new(new AttackRequest("/?query=SELECT%20*%20FROM%20t", Encoding.UTF8.GetBytes(body)) { Headers = [("Content-Type", type)] });
}
