using System.Collections.Frozen;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>A statement's tree as the engine's parser made it (EXPLAIN AST): one node a line, as many blanks before it as it is deep.</summary>
internal sealed class StatementTree
{
    readonly (int Depth, string Text)[] _nodes;

    /// <exception cref="EngineErrorException">Nodes are missing: the statement's own settings (a limit, an offset, a time) hold while the engine prints its tree.</exception>
    public StatementTree(string explained)
    {
        _nodes = [.. explained.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line =>
        {
            var text = line.TrimEnd('\r').TrimStart(' ');
            return (line.TrimEnd('\r').Length - text.Length, text);
        })];
        if (!IsComplete())
            throw EngineErrorException.Of(452, "SETTING_CONSTRAINT_VIOLATION", "The statement cannot be examined with the settings that it has");
    }

    bool IsComplete()
    {
        if (_nodes.Length == 0 || _nodes[0].Depth != 0)
            return false;
        // Of each node on the way down: how many children are still to come.
        var open = new Stack<int>();
        foreach (var (depth, text) in _nodes)
        {
            while (open.Count > depth)
                if (open.Pop() != 0)
                    return false;
            if (open.Count != depth || (depth > 0 && open.Peek() == 0))
                return false;
            if (depth > 0)
                open.Push(open.Pop() - 1);
            open.Push(Children(text));
        }

        return open.All(static left => left == 0);
    }

    /// <summary>The root's kind: SelectWithUnionQuery, CreateQuery, Set, KillQueryQuery, …</summary>
    public string Kind => _nodes[0].Text.Split(' ', 2)[0];

    /// <summary>How many nodes it has.</summary>
    public int Count => _nodes.Length;

    /// <summary>The format of a SELECT's FORMAT clause, or null: the one name directly below its root.</summary>
    public string? Format => Array.Find(_nodes, static node => node.Depth == 1 && node.Text.StartsWith("Identifier ", StringComparison.Ordinal)).Text?["Identifier ".Length..];

    /// <summary>Whether a node of these words stands directly below the root.</summary>
    public bool HasBelowRoot(string text) => Array.Exists(_nodes, node => node.Depth == 1 && node.Text == text);

    /// <summary>
    /// Whether a literal stands directly below the root: of a statement that reads or inserts it is the file of INTO OUTFILE or of FROM INFILE.
    /// </summary>
    public bool HasLiteralBelowRoot => Array.Exists(_nodes, static node => node.Depth == 1 && node.Text.StartsWith("Literal ", StringComparison.Ordinal));

    /// <summary>Every function, table function, table engine and dictionary source, as the engine's parser reads its name, and how many arguments it has.</summary>
    public IEnumerable<(string Name, int Arguments)> Functions()
    {
        for (var i = 0; i < _nodes.Length; i++)
            if (NameOf(_nodes[i].Text) is { } name)
                yield return (name, i + 1 < _nodes.Length && _nodes[i + 1].Depth == _nodes[i].Depth + 1 ? Children(_nodes[i + 1].Text) : 0);
    }

    /// <summary>Every name that stands where a column or a table does, with the values of parameters in it.</summary>
    public IEnumerable<string> Identifiers() => _nodes.Select(static node => IdentifierOf(node.Text)).OfType<string>();

    /// <summary>
    /// The names that may mean a function: all but those that stand as a column or a table of a clause, or as an argument of <paramref name="ordinary"/>. Of an argument
    /// of any other function only that function knows whether it calls it: arrayMap(f, …).
    /// </summary>
    /// <param name="ordinary">Functions that take no function.</param>
    public IEnumerable<string> PossibleFunctions(Predicate<string> ordinary)
    {
        // A lambda with the name of a function stands for it: WITH (f -> arrayMap(f, …)) AS lower.
        if (Array.Exists(_nodes, static node => node.Text.StartsWith("Function lambda (alias ", StringComparison.Ordinal)))
            ordinary = static _ => false;
        // The way down to the node, root first.
        var above = new List<string>();
        foreach (var (depth, text) in _nodes)
        {
            above.RemoveRange(depth, above.Count - depth);
            if (IdentifierOf(text) is { } name && !IsColumnOrTable(above, ordinary))
                yield return name;
            above.Add(text);
        }
    }

    static bool IsColumnOrTable(List<string> above, Predicate<string> ordinary)
    {
        if (above.Count == 0)
            return false;
        var list = above[^1].StartsWith("ExpressionList ", StringComparison.Ordinal) && above.Count > 1;
        var parent = list ? above[^2] : above[^1];
        return NameOf(parent) is { } function ? list && ordinary(function) : _clauses.Contains(parent.Split(' ', 2)[0]);
    }

    // Of SELECT (lists, conditions, order, joins), INSERT and CREATE TABLE: names directly below them are those of columns and tables.
    static readonly FrozenSet<string> _clauses = FrozenSet.Create(
        StringComparer.Ordinal, ["SelectQuery", "OrderByElement", "TableExpression", "TableJoin", "ArrayJoin", "WindowDefinition", "InsertQuery", "CreateQuery", "DropQuery"]);

    /// <summary>The name of a node "Identifier a.b (alias c)" or "TableIdentifier a.b", or null.</summary>
    public static string? IdentifierOf(string node)
    {
        const string Column = "Identifier ", Table = "TableIdentifier ";
        var start = node.StartsWith(Column, StringComparison.Ordinal) ? Column.Length : node.StartsWith(Table, StringComparison.Ordinal) ? Table.Length : -1;
        if (start < 0)
            return null;
        var end = node.IndexOf(" (", start, StringComparison.Ordinal);
        return end < 0 ? node[start..] : node[start..end];
    }

    /// <summary>Every function of these names with its arguments, one level deep.</summary>
    public IEnumerable<(string Name, string[] Arguments)> Calls(Predicate<string> function)
    {
        for (var i = 0; i + 1 < _nodes.Length; i++)
            if (NameOf(_nodes[i].Text) is { } name && function(name))
            {
                var depth = _nodes[i].Depth;
                yield return (name, [.. _nodes[(i + 1)..].TakeWhile(node => node.Depth > depth).Where(node => node.Depth == depth + 2).Select(static node => node.Text)]);
            }
    }

    /// <summary>The function that an INSERT writes to instead of a table (INSERT INTO FUNCTION …), or null.</summary>
    public string? InsertFunction => Kind == "InsertQuery" ? _nodes.Where(static node => node.Depth == 1).Select(static node => NameOf(node.Text)).FirstOrDefault(static name => name is not null) : null;

    /// <summary>Whether every node but the root is of one of these kinds.</summary>
    public bool ConsistsOf(Predicate<string> kind) => Array.TrueForAll(_nodes[1..], node => kind(node.Text));

    // "Function name", "Function name (alias a) (children 1)", "FunctionWithKeyValueArguments  name (children 1)".
    static string? NameOf(string node)
    {
        const string Function = "Function ", WithKeys = "FunctionWithKeyValueArguments ";
        var name = node.StartsWith(Function, StringComparison.Ordinal) ? node.AsSpan(Function.Length)
            : node.StartsWith(WithKeys, StringComparison.Ordinal) ? node.AsSpan(WithKeys.Length) : default;
        if (name.IsEmpty)
            return null;
        name = name.TrimStart(' ');
        var end = name.IndexOf(" (");
        return (end < 0 ? name : name[..end]).ToString();
    }

    static int Children(string node)
    {
        const string Mark = " (children ";
        var at = node.LastIndexOf(Mark, StringComparison.Ordinal);
        return at >= 0 && node[^1] == ')' && int.TryParse(node.AsSpan(at + Mark.Length, node.Length - at - Mark.Length - 1), out var count) ? count : 0;
    }
}
