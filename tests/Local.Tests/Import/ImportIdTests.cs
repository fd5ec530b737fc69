using System.IO.Compression;
using System.Text;
using Tidemark.Local.Import;

namespace Tidemark.Local.Tests.Import;

public sealed class ImportIdTests
{
    private const string Map = "anonymousId=id,event=event,timestamp=time";

    private const string File = "id,event,time\nv,a,2024-05-01\n";

    [Fact]
    public void Read_SameContentPacked_IsTheSameImport()
    {
        var plain = Encoding.UTF8.GetBytes(File);
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(plain);
        var id = ImportFixture.Read(ImportFormat.Csv, plain, Map).ImportId;
        Assert.Equal(id, ImportFixture.Read(ImportFormat.Csv, packed.ToArray(), Map).ImportId);
        Assert.Matches("^[0-9a-f]{32}$", id);
    }

    [Fact]
    public void Read_OneByteMore_IsAnotherImport() =>
        Assert.NotEqual(ImportFixture.Read(ImportFormat.Csv, File, Map).ImportId, ImportFixture.Read(ImportFormat.Csv, File + "\n", Map).ImportId);

    [Fact]
    public void Read_EqualLinesWithoutMessageIds_AreTwoEvents() =>
        Assert.Equal(
            [(2L, "1"), (3L, "2")],
            ImportFixture.Read(ImportFormat.Csv, File + "v,a,2024-05-01\n", Map).Events.Select(e => (e.Line, e.Event.Text("_place"))));

    [Theory]
    [InlineData("m", "m", 1)]
    [InlineData("m", "n", 2)]
    [InlineData("", "", 2)]
    [InlineData(" ", " ", 2)]
    public void Read_MessageIds_CountOnceUnlessTheyAreNone(string first, string second, int events)
    {
        var result = ImportFixture.Read(ImportFormat.Csv, $"id,event,time,m\nv,a,2024-05-01,{first}\nv,a,2024-05-01,{second}\n", Map + ",messageId=m");
        Assert.Equal((events, 2L - events), (result.Events.Count, result.Duplicates));
    }
}
