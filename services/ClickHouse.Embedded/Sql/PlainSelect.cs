using System.Collections.Frozen;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>
/// A SELECT of which the tree shows everything: it has no node of a kind that keeps something to itself (settings, transformers of columns, windows, parameters, files).
/// Its tree alone is judged; the formatter, which takes twice the time of the parser, is not asked.
/// </summary>
internal static class PlainSelect
{
    static readonly FrozenSet<string> _kinds = FrozenSet.Create(
        StringComparer.Ordinal,
        [
            "SelectWithUnionQuery", "SelectQuery", "ExpressionList", "Function", "Identifier", "Literal", "Asterisk", "Subquery", "TablesInSelectQuery",
            "TablesInSelectQueryElement", "TableExpression", "TableIdentifier", "TableJoin", "OrderByElement", "WithElement",
        ]);

    public static bool Is(StatementTree tree, SourceFunctions sources)
        => tree.Kind == "SelectWithUnionQuery" && !tree.HasLiteralBelowRoot && tree.ConsistsOf(IsPlain) && !sources.AreNamedIn(tree);

    // Transformers are children of the asterisk.
    static bool IsPlain(string node) => _kinds.Contains(node.Split(' ', 2)[0]) && (node == "Asterisk" || !node.StartsWith("Asterisk ", StringComparison.Ordinal));
}
