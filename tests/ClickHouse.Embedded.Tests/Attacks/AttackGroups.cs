namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>The attacks by group: all names in a few places, and a few names in all places.</summary>
internal static class AttackGroups
{
    static readonly Dictionary<string, Func<Canaries, EngineLists, IEnumerable<Attack>>> _byName = new()
    {
        ["table functions, every argument"] = TableFunctionAttacks.WithEveryArgument,
        ["table functions, every place"] = TableFunctionAttacks.InEveryPlace,
        ["table engines, temporary"] = EngineAttacks.Temporary,
        ["table engines"] = EngineAttacks.Tables,
        ["table engines, other statements"] = (canaries, _) => EngineAttacks.InOtherStatements(canaries),
        ["database engines"] = EngineAttacks.Databases,
        ["dictionary sources"] = DictionaryAttacks.Sources,
        ["dictionary layouts"] = DictionaryAttacks.Layouts,
        ["formats out"] = FormatAttacks.Out,
        ["formats in"] = FormatAttacks.In,
        ["formats of external tables"] = FormatAttacks.External,
        ["formats of inserts"] = FormatAttacks.Insert,
        ["settings in statements"] = SettingAttacks.InTheStatement,
        ["settings in URLs"] = SettingAttacks.InTheUrl,
        ["settings elsewhere"] = SettingAttacks.Elsewhere,
        ["settings of tables"] = SettingAttacks.OfTables,
        ["functions, every argument"] = FunctionAttacks.WithEveryArgument,
        ["functions known to reach"] = (canaries, _) => FunctionAttacks.Known(canaries),
        ["system tables"] = SystemTableAttacks.All,
        ["statements"] = (canaries, _) => StatementAttacks.Reaching(canaries),
        ["dialects"] = (canaries, _) => StatementAttacks.Dialects(canaries),
        ["places of statements"] = (canaries, _) => PlaceAttacks.OfStatements(canaries),
        ["places of requests"] = (canaries, _) => PlaceAttacks.OfRequests(canaries),
        ["spellings in statements"] = (canaries, _) => SpellingAttacks.InStatements(canaries),
        ["spellings in values"] = (canaries, _) => SpellingAttacks.InValues(canaries),
        ["spellings in tables"] = (canaries, _) => SpellingAttacks.InTables(canaries),
        ["structures of forms"] = (canaries, _) => FormAttacks.Structures(canaries),
        ["names of forms"] = (canaries, _) => FormAttacks.Names(canaries),
        ["shapes of forms"] = (_, _) => FormAttacks.Shapes(),
    };

    // What only the writer may begin with; what goes another way for him; what everybody is tried with, however he says who he is. The rest is the reader's.
    static readonly string[] _writers = ["table engines", "table engines, other statements", "database engines", "dictionary sources", "dictionary layouts", "settings of tables", "spellings in tables"];
    static readonly string[] _both = ["table functions, every place", "formats of inserts", "settings elsewhere", "system tables", "places of statements", "spellings in values", "dialects", "names of forms", "shapes of forms"];
    static readonly string[] _everybody = ["statements", "places of requests", "functions known to reach", "structures of forms"];

    public static IEnumerable<string> Names => _byName.Keys;

    public static IEnumerable<Attack> Of(string group, Canaries canaries, EngineLists lists) => _byName[group](canaries, lists);

    /// <summary>Null: without a name, which is the user default.</summary>
    public static IEnumerable<string?> UsersOf(string group)
        => _everybody.Contains(group) ? [null, "default", "reader", "writer"] : _both.Contains(group) ? ["reader", "writer"] : _writers.Contains(group) ? ["writer"] : ["reader"];
}
