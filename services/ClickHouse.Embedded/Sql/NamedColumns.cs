namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>Statements of which the tree shows every name, beside <see cref="PlainSelect"/>: a table with its columns, made or named as the place for data.</summary>
internal static class NamedColumns
{
    static readonly string[] _columns =
        ["Identifier ", "Columns definition ", "ExpressionList ", "DataType ", "EnumDataType ", "TupleDataType ", "NameTypePair ", "ASTObjectTypeArgument ", "ObjectTypedPath ", "Literal ", "Storage definition "];

    /// <summary>CREATE TABLE with names and types only, or INSERT INTO a table with the names of its columns and without a SELECT.</summary>
    public static bool ShowsAll(StatementTree tree) => IsTable(tree) || (tree.Kind == "InsertQuery"
        && tree.ConsistsOf(static node => node.StartsWith("Identifier ", StringComparison.Ordinal) || node.StartsWith("ExpressionList ", StringComparison.Ordinal)));

    /// <summary>
    /// CREATE TABLE with names and types only, of the engine Memory if it names one. DEFAULT, MATERIALIZED, CODEC, TTL, constraints, another engine or SELECT: each has a node of
    /// another kind. Arguments of types are literals.
    /// </summary>
    public static bool IsTable(StatementTree tree) => tree.Kind == "CreateQuery" && tree.ConsistsOf(static node =>
        node.StartsWith("ColumnDeclaration ", StringComparison.Ordinal)
            ? node.EndsWith(" (children 1)", StringComparison.Ordinal)
            // With "Function equals" for arguments such as JSON(max_dynamic_paths = 3).
            : node is "Function Memory" or "Function equals (children 1)" || Array.Exists(_columns, kind => node.StartsWith(kind, StringComparison.Ordinal)));
}
