namespace Tidemark.SchemaCode.Schemas;

/// <summary>One <c>schemas/NAME.avsc</c>.</summary>
/// <param name="FileName">NAME.</param>
/// <param name="Doc">Meaning of the record.</param>
/// <param name="Folder">Property <c>code</c>: folder of services/Contracts and last part of the namespace.</param>
/// <param name="TypeName">Property <c>code</c>: name of the C# type.</param>
/// <param name="Prefix">Property <c>prefix</c>: the last field of those that can be decoded alone; null when there is no such part.</param>
/// <param name="Fields">In the order of the encoding.</param>
/// <param name="Fingerprint">CRC-64-AVRO.</param>
/// <param name="Older">The released versions before, oldest first.</param>
/// <param name="Table">Property <c>clickhouse</c>; null when no table has a row for each record.</param>
internal sealed record SchemaRecord(
    string FileName, string Doc, string Folder, string TypeName, string? Prefix, IReadOnlyList<Field> Fields, ulong Fingerprint, IReadOnlyList<OlderVersion> Older, Table? Table)
{
    /// <summary>True when the fields cannot be spans over the message: the record has parts that are records. It becomes a class then.</summary>
    public bool IsOwned => Fields.Any(f => f.Type.Item is not null);

    public IEnumerable<EnumType> Enums =>
        Fields.Concat(Items.SelectMany(item => item.Fields)).Where(f => f.Type.Symbols is not null).Select(f => f.Type.Symbols!).DistinctBy(e => e.Name);

    /// <summary>Records in the record, each once.</summary>
    public IEnumerable<ItemType> Items => Fields.SelectMany(f => Parts(f.Type)).DistinctBy(i => i.Name);

    private static IEnumerable<ItemType> Parts(AvroType type) =>
        type.Item is { } item ? item.Fields.SelectMany(f => Parts(f.Type)).Prepend(item) : [];
}

/// <summary>A field of a record.</summary>
/// <param name="Name">Name in the schema.</param>
/// <param name="Type">Avro's type.</param>
/// <param name="Doc">Meaning of the field, and of its column.</param>
/// <param name="Default">C# text of the schema's default; null when it has none.</param>
/// <param name="Column">Name of the column; property <c>column</c> where it is another one than that of the field.</param>
/// <param name="ColumnType">Property <c>clickhouse</c>; null when the column is not filled from the field alone, or there is none.</param>
internal sealed record Field(string Name, AvroType Type, string Doc, string? Default, string Column, string? ColumnType)
{
    public string Property { get; } = Names.Pascal(Name);
}

/// <summary>A version that is still read.</summary>
/// <param name="Number">From 1, by the number of fields.</param>
/// <param name="Fingerprint">CRC-64-AVRO.</param>
/// <param name="Lacks">Fields that came later.</param>
internal sealed record OlderVersion(int Number, ulong Fingerprint, IReadOnlyList<string> Lacks)
{
    public string Name => $"Version{Number}";
}

/// <summary>Where the records are loaded to.</summary>
/// <param name="Name">Name of the table.</param>
/// <param name="With">Schema whose columns stand in it too; null for none.</param>
/// <param name="Columns">Those that the loader computes, behind those of the fields.</param>
/// <param name="IsRead">Property <c>read</c>: the program reads rows of it back.</param>
internal sealed record Table(string Name, string? With, IReadOnlyList<LoaderColumn> Columns, bool IsRead);

internal sealed record LoaderColumn(string Name, string Type, string Doc);
