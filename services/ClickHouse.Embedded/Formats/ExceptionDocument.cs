using System.Security;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tidemark.ClickHouse.Embedded.Formats;

/// <summary>
/// An error in the format of the answer (<c>http_write_exception_in_output_format</c>), for the formats that have a place for one: those of
/// JSON and XML. Formats of a row per line get one more line and may be on their way already; the others are one document, which is held
/// back until the query has ended, so that it holds either all rows or none and the error.
/// </summary>
internal static class ExceptionDocument
{
    /// <summary>Whether the format is one document, so that the answer has to be held back for an error to find its place.</summary>
    public static bool IsWhole(string format) => Shape(format) is not (Kind.None or Kind.Line);

    /// <summary>Whether an error can follow the rows as one more line.</summary>
    public static bool IsLine(string format) => Shape(format) == Kind.Line;

    /// <summary>The error in that format, or null when the format has no place for it.</summary>
    public static string? Of(string format, string error) => Shape(format) switch
    {
        Kind.Document => $"{{\n\t\"meta\":\n\t[\n\t],\n\n\t\"data\":\n\t[\n\t],\n\n\t\"rows\": 0,\n\n\t\"exception\": {Quoted(error)}\n}}\n",
        Kind.Line => $"{{\"exception\": {Quoted(error)}}}\n",
        Kind.Object => $"{{\n\t\"exception\": {Quoted(error)}\n}}\n",
        Kind.Xml => $"<?xml version='1.0' encoding='UTF-8' ?>\n<result>\n\t<meta>\n\t\t<columns>\n\t\t</columns>\n\t</meta>\n\t<data>\n\t</data>\n"
            + $"\t<rows>0</rows>\n\t<exception>{SecurityElement.Escape(error)}</exception>\n</result>\n",
        _ => null,
    };

    /// <summary>The content type of such an error.</summary>
    public static string ContentType(string format) => Shape(format) switch
    {
        Kind.Xml => "application/xml; charset=UTF-8",
        Kind.Line => "application/x-ndjson; charset=UTF-8",
        _ => "application/json; charset=UTF-8",
    };

    static Kind Shape(string format) => format.ToLowerInvariant() switch
    {
        "json" or "jsonstrings" or "jsoncompact" or "jsoncompactstrings" or "jsoncolumnswithmetadata" => Kind.Document,
        "jsoncolumns" or "jsoncompactcolumns" or "jsonobjecteachrow" => Kind.Object,
        "xml" => Kind.Xml,
        "ndjson" or "jsonl" or "jsonlines" => Kind.Line,
        var other when other.StartsWith("json", StringComparison.Ordinal) && other.Contains("eachrow", StringComparison.Ordinal) => Kind.Line,
        _ => Kind.None,
    };

    static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    enum Kind
    {
        None,
        Document,
        Object,
        Line,
        Xml,
    }
}
