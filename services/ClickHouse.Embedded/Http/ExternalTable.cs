using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>A table that a client sends along as a file of a multipart form; it lives as a temporary table while the query runs.</summary>
internal sealed record ExternalTable(string Name, string Columns, string Format, ReadOnlyMemory<byte> Data)
{
    // All files of a request together; they are held in memory.
    const int MaxDataBytes = 64 << 20;

    const int FirstBytes = 4 << 10;

    /// <summary>Reads the form: files are tables, other fields are parameters of the request.</summary>
    public static async Task<List<ExternalTable>> ReadAsync(HttpRequest http, QueryRequest request, MemoryBudget.Share memory, CancellationToken cancellation)
    {
        var files = new List<(string Name, ReadOnlyMemory<byte> Data)>();
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(http.ContentType).Boundary).Value;
        if (boundary is not { Length: >= 1 and <= 70 })
            throw EngineErrorException.Of(36, "BAD_ARGUMENTS", "The multipart form has no boundary of 1 to 70 characters (RFC 2046, 5.1.1)");
        var reader = new MultipartReader(boundary, QueryBody.Decoded(http, request, memory)) { BodyLengthLimit = MaxDataBytes };
        var total = 0L;
        while (await reader.ReadNextSectionAsync(cancellation).ConfigureAwait(false) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || !disposition.Name.HasValue)
                throw EngineErrorException.Of(36, "BAD_ARGUMENTS", "A part of the multipart form has no name: it takes Content-Disposition: form-data; name=...");
            var data = await WholeAsync(section.Body, memory, cancellation).ConfigureAwait(false);
            if ((total += data.Length) > MaxDataBytes)
                throw EngineErrorException.Of(229, "QUERY_IS_TOO_LARGE", "The external tables are larger than 64 MiB");
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            if (disposition.FileName.HasValue || disposition.FileNameStar.HasValue)
                files.Add((name, data));
            else
                request.Set(name, Encoding.UTF8.GetString(data.Span), multipart: true);
        }

        var tables = files.ConvertAll(file => Describe(file.Name, file.Data, request.External));
        // What describes no table of the form was a setting (output_format_…_format, and so on).
        foreach (var (name, value) in request.External)
            request.Settings.Add(new(name, value));
        return tables;
    }

    /// <summary>Makes the table and fills it; throws when its structure is more than a list of names and types, or its format reads more than values.</summary>
    public bool Create(EngineConnection connection, bool judged)
    {
        // The text that is judged is the text that runs, so no bracket or comment in it can make it another statement.
        var create = Encoding.UTF8.GetBytes($"CREATE TEMPORARY TABLE {EmbeddedEngine.Quote(Name)} ({Columns}\n) ENGINE = Memory");
        if (judged && !IsListOfColumns(connection, create))
            throw EngineErrorException.Of(36, "BAD_ARGUMENTS", $"The structure of external table {Name} is not a list of names and types: {Columns}");
        if (judged && !ValueFormats.Has(Format))
            throw EngineErrorException.Of(73, "UNKNOWN_FORMAT", $"Format {Format} cannot be used for external tables");
        EmbeddedEngine.Execute(connection, create);
        using var stream = connection.OpenInsert(Encoding.UTF8.GetBytes($"INSERT INTO {EmbeddedEngine.Quote(Name)}"), Format, null);
        if (stream.Error is { } refused)
            throw EngineErrorException.Parse(refused);
        if (Data.Length > 0)
            stream.Append(Data.Span);
        using IDisposable done = stream.Done();
        return ((EngineResult)done).Error is { } error ? throw EngineErrorException.Parse(error) : true;
    }

    static bool IsListOfColumns(EngineConnection connection, byte[] create)
    {
        if (connection.Classify(create).Count != 1)
            return false;
        var tree = new StatementTree(StatementAnalysis.Explain(connection, create));
        return NamedColumns.IsTable(tree) && tree.HasBelowRoot("Storage definition (children 1)");
    }

    public bool Drop(EngineConnection connection) => EmbeddedEngine.Execute(connection, $"DROP TEMPORARY TABLE IF EXISTS {EmbeddedEngine.Quote(Name)}");

    static async Task<ReadOnlyMemory<byte>> WholeAsync(Stream section, MemoryBudget.Share memory, CancellationToken cancellation)
    {
        memory.Take(FirstBytes);
        var buffer = new byte[FirstBytes];
        var filled = 0;
        while (await section.ReadAsync(buffer.AsMemory(filled), cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            filled += read;
            if (filled < buffer.Length)
                continue;
            memory.Take(buffer.Length);
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        return buffer.AsMemory(0, filled);
    }

    static ExternalTable Describe(string name, ReadOnlyMemory<byte> data, Dictionary<string, string> fields)
    {
        fields.Remove(name + "_format", out var format);
        fields.Remove(name + "_structure", out var structure);
        fields.Remove(name + "_types", out var types);
        var columns = structure ?? (types is null ? null : string.Join(", ", Split(types).Select((type, i) => $"_{i + 1} {type}")));
        return columns is null
            ? throw EngineErrorException.Of(36, "BAD_ARGUMENTS", $"Neither structure nor types have been provided for external table {name}. Use fields {name}_structure or {name}_types to do so.")
            : new ExternalTable(name, columns, format is { Length: > 0 } ? format : "TabSeparated", data);
    }

    // Types have commas of their own in brackets.
    static List<string> Split(string types)
    {
        var text = Encoding.UTF8.GetBytes(types);
        var lexer = new SqlLexer(text);
        var parts = new List<string>();
        var start = 0;
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; token = lexer.Next())
            if (token.Depth == 0 && lexer.IsSymbol(token, ','))
            {
                parts.Add(Encoding.UTF8.GetString(text, start, token.Start - start));
                start = token.End;
            }

        parts.Add(Encoding.UTF8.GetString(text, start, text.Length - start));
        return parts;
    }
}
