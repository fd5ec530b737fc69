using System.Text;
using Tidemark.Local.Import;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Tests.Import;

public sealed class DryRunTests
{
    /// <summary>Columns as the table has them, the file's first records first whatever their times, and each record's rejection, the collector's included.</summary>
    [Fact]
    public void Write_FirstRecords_AreShownAsRows()
    {
        var text = string.Join('\n', [
            """[{"type":"page","anonymousId":"v1","timestamp":"2024-05-01T10:09:00Z","properties":{"path":"/b?x=1","plan":"free","n":7}},""",
            """{"type":"track","event":"buy","userId":"u1","messageId":"m1","timestamp":"2024-05-01T10:00:00Z"},{"type":"nothing","anonymousId":"v1","timestamp":"2024-05-01T10:00:00Z"}""",
            """,{"type":"track","event":"e\u001b[2J","anonymousId":"v2","timestamp":"soon"}]"""]);
        Assert.Equal(
            """
            line 1
              seq          1
              occurred_at  2024-05-01 10:09:00.000
              visitor_id   v1
              type         page
              kind         page
              page         /b
              properties   {'plan':'free','n':'7'}
            line 2: rejected, unknown_type: an unknown type
            line 2
              seq          2
              occurred_at  2024-05-01 10:00:00.000
              visitor_id   u1
              user_id      u1
              type         track
              event        buy
              kind         action
              message_id   m1
            line 3: rejected, ts_format: the time is not ISO 8601

            would import 2 events of 4 array elements (import test); nothing was stored
            rejected   2 array elements
                     1  ts_format: the time is not ISO 8601; line 3
                     1  unknown_type: an unknown type; line 2

            """,
            Written(ImportFormat.Ndjson, text));
    }

    [Fact]
    public void Write_LongFile_ShowsItsFirstRecordsOnly()
    {
        // Newest first, as exports come: the first lines are the last in time.
        var text = "id,event,time\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"v{i},e,{new DateTime(2024, 5, 1).AddMinutes(-i):yyyy-MM-ddTHH:mm:ssZ}\n"));
        var written = Written(ImportFormat.Csv, text, "anonymousId=id,event=event,timestamp=time");
        Assert.Equal(["line 2", "line 3", "line 4", "line 5", "line 6"], written.Split('\n').Where(static l => l.StartsWith("line ", StringComparison.Ordinal)));
        Assert.Contains("would import 500 events of 500 lines", written, StringComparison.Ordinal);
    }

    private static string Written(ImportFormat format, string text, string map = "")
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-dry-");
        try
        {
            var file = Path.Combine(folder.FullName, "file");
            File.WriteAllText(file, text, new UTF8Encoding(false));
            var settings = new ImportSettings { File = file, Format = format, Map = map.Length == 0 ? FieldMap.Empty : FieldMap.Parse([map]), ImportId = "test" };
            using var content = new FileReading(settings, "local", folder.FullName, () => new byte[32]).Read(CancellationToken.None);
            var output = new StringWriter { NewLine = "\n" };
            DryRun.Write(output, content, "local", TimeProvider.System, Random.Shared);
            return output.ToString();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
