namespace Tidemark.Local.Import;

internal enum ImportFormat
{
    Ndjson,
    Csv,
    AccessLog,
}

internal static class ImportFormats
{
    public static string Name(this ImportFormat format) => format switch
    {
        ImportFormat.Ndjson => "ndjson",
        ImportFormat.Csv => "csv",
        _ => "access-log",
    };

    public static ImportFormat Parse(string? text, string file) => text switch
    {
        "ndjson" or "jsonl" or "json" => ImportFormat.Ndjson,
        "csv" or "tsv" => ImportFormat.Csv,
        "access-log" => ImportFormat.AccessLog,
        null => FromName(file),
        _ => throw new CommandFailedException($"--format takes ndjson, csv or access-log; {Quoted.Text(text)} is not valid"),
    };

    private static ImportFormat FromName(string file)
    {
        var name = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" => ImportFormat.Csv,
            ".ndjson" or ".jsonl" or ".json" => ImportFormat.Ndjson,
            _ => throw new CommandFailedException("say what the file is: --format ndjson, csv or access-log"),
        };
    }
}
