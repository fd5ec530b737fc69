using System.Text;
using System.Text.Json;
using Tidemark.Local.Import;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Tests;

/// <summary>Reads a text as `import` reads a file, up to the point where it would be sent.</summary>
internal static class ImportFixture
{
    public static ReadResult Read(ImportFormat format, string text, string map = "", TimeUnit unit = TimeUnit.None) => Read(format, Encoding.UTF8.GetBytes(text), map, unit);

    public static ReadResult Read(ImportFormat format, byte[] bytes, string map = "", TimeUnit unit = TimeUnit.None)
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-import-");
        try
        {
            var file = Path.Combine(folder.FullName, "file");
            File.WriteAllBytes(file, bytes);
            var settings = new ImportSettings { File = file, Format = format, Map = map.Length == 0 ? FieldMap.Empty : FieldMap.Parse([map]), Unit = unit };
            using var content = new FileReading(settings, "local", folder.FullName, () => new byte[32]).Read(CancellationToken.None);
            var events = content.Events.Sorted().Select(e => (e.Time, e.Line, Event: JsonDocument.Parse(e.Json.ToArray()).RootElement)).ToList();
            return new ReadResult(events, content.Rows.Rejected.ByCode.SelectMany(r => r.First.Select(line => $"{line}:{r.Code}")).OrderBy(t => int.Parse(t.Split(':')[0])).ToList(), content.ImportId, content.Rows.Duplicates);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static string Text(this JsonElement element, params string[] path)
    {
        foreach (var name in path)
        {
            if (!element.TryGetProperty(name, out element))
                return "";
        }
        return element.ToString();
    }
}

internal sealed record ReadResult(List<(long Time, long Line, JsonElement Event)> Events, List<string> Rejected, string ImportId, long Duplicates)
{
    public string Pages => string.Join(' ', Events.Select(e => e.Event.Text("context", "page", "path")));

    public string Names => string.Join(' ', Events.Select(e => e.Event.Text("event")));

    public string Visitors => string.Join(' ', Events.Select(e => e.Event.Text("anonymousId")));
}
