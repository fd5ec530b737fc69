namespace Tidemark.SchemaCode.Schemas;

internal enum AvroKind
{
    Boolean,
    Int,
    Long,
    String,
    Bytes,
    Enum,

    /// <summary>Array of long.</summary>
    Longs,

    /// <summary>Map of strings.</summary>
    Map,

    /// <summary>A record in the record.</summary>
    Item,

    /// <summary>Array of records.</summary>
    Items,
}

/// <summary>A type of the subset that the schemas use.</summary>
internal sealed record AvroType(AvroKind Kind, EnumType? Symbols = null, ItemType? Item = null);

internal sealed record EnumType(string Name, string Doc, IReadOnlyList<string> Symbols);

internal sealed record ItemType(string Name, string Doc, IReadOnlyList<Field> Fields);
