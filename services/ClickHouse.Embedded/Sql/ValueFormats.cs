using System.Collections.Frozen;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>Input formats that read values and nothing else: no schema, no template, no registry, no program.</summary>
internal static class ValueFormats
{
    static readonly FrozenSet<string> _names = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
    [
        "TabSeparated", "TabSeparatedRaw", "TabSeparatedWithNames", "TabSeparatedWithNamesAndTypes", "TabSeparatedRawWithNames", "TabSeparatedRawWithNamesAndTypes",
        "TSV", "TSVRaw", "TSVWithNames", "TSVWithNamesAndTypes", "TSVRawWithNames", "TSVRawWithNamesAndTypes", "TSKV", "Raw",
        "CSV", "CSVWithNames", "CSVWithNamesAndTypes", "Values", "LineAsString", "RawBLOB",
        "JSON", "JSONCompact", "JSONColumns", "JSONCompactColumns", "JSONColumnsWithMetadata", "JSONEachRow", "JSONLines", "JSONL", "NDJSON", "JSONStringsEachRow",
        "JSONCompactEachRow", "JSONCompactStringsEachRow", "JSONCompactEachRowWithNames", "JSONCompactEachRowWithNamesAndTypes", "JSONCompactStringsEachRowWithNames",
        "JSONCompactStringsEachRowWithNamesAndTypes", "JSONObjectEachRow", "JSONAsString", "JSONAsObject", "BSONEachRow",
        "RowBinary", "RowBinaryWithNames", "RowBinaryWithNamesAndTypes", "RowBinaryWithDefaults", "Native", "MsgPack", "Parquet", "Arrow", "ArrowStream", "ORC", "Avro",
    ]);

    public static bool Has(string format) => _names.Contains(format);
}
