using System.Text;
using CsCheck;
using Tidemark.Local.Import;

namespace Tidemark.Local.Tests.Csv;

public sealed class CsvRowsTests
{
    private const string Map = "anonymousId=id,event=event,timestamp=time";

    [Theory]
    [InlineData("id,event,time\nv,open,2024-05-01\nv,\"broken,2024-05-02\nv,\"close\",2024-05-03\n", "open close", "3:quote")]
    [InlineData("id,event,time\nv,open,2024-05-01\nv,\"broken,2024-05-02\nv,view,2024-05-03\nv,close,2024-05-04", "open view close", "3:quote")]
    [InlineData("id,event,time\nv,\"a\nb\",2024-05-01\nv,c,never\n", "a\nb", "4:ts_format")]
    [InlineData("id;event;time\nv;a,b;2024-05-01\n", "a,b", "")]
    [InlineData("id\tevent\ttime\nv\ta;b\t2024-05-01\n", "a;b", "")]
    [InlineData("sep=;\nid;event;time\nv;a;2024-05-01\n", "a", "")]
    [InlineData("id,event,time,,\nv,a,2024-05-01,x,y\n", "a", "")]
    [InlineData("id,event,time\nv,\"a\"x,2024-05-01\nv,b,2024-05-01\n", "b", "2:quote")]
    [InlineData("id,event,time\nv,5\" nail,2024-05-01\n", "5\" nail", "")]
    [InlineData("id,event,time\n ,a,2024-05-01\nv,,2024-05-01\nv,b,2024-05-01T00:00:00Z\n", "b", "2:no_identity 3:no_event")]
    [InlineData("id,event,time\rv,a,2024-05-01\rv,b,2024-05-02\r", "a b", "")]
    public void Read_File_GivesEventsAndRejectedLines(string file, string names, string rejected)
    {
        var result = ImportFixture.Read(ImportFormat.Csv, file, Map);
        Assert.Equal(names, result.Names);
        Assert.Equal(rejected, string.Join(' ', result.Rejected));
    }

    [Theory]
    [InlineData("time,event,id\r\r\n2024-05-01,a,v1\r\r\n2024-05-01,b,v1\r\n2024-05-01,c,v1\r\r", "v1 v1 v1", "")]
    [InlineData("time,event,id\r\r\n2024-05-01,\"a\r\r\nb\",\"v1\"\r\r\n", "v1", "")]
    [InlineData("time,event,id\n2024-05-01,a,v1\r\n2024-05-01,b,\"v2\r\n\"\n2024-05-01,c,v3\rx\n", "v1", "3:id_cr 5:id_cr")]
    [InlineData("id,event,time\n\rv1,a,2024-05-01\n\rv1,b,2024-05-01\n\r", "v1 v1", "")]
    public void Read_CarriageReturns_AreNoPartOfAnId(string file, string visitors, string rejected)
    {
        var result = ImportFixture.Read(ImportFormat.Csv, file, Map);
        Assert.Equal(visitors, result.Visitors);
        Assert.Equal(rejected, string.Join(' ', result.Rejected));
    }

    [Theory]
    [InlineData("id,event\nv,a\n", "no column time")]
    [InlineData("id,event,time,time\nv,a,2024-05-01,2024-05-01\n", "twice")]
    [InlineData("id,event,time\nv,a,1/5/24 8:30 AM\n", "no line")]
    [InlineData("\"id,event,time\nv,a\n", "quotes")]
    [InlineData("PK\u0003\u0004junk", "zip")]
    [InlineData("PAR1junk", "Parquet")]
    [InlineData("i\u001b[2Jd,event\nv,a\n", "\\u001b")]
    public void Read_NotUsableAtAll_IsRefusedInOneLine(string file, string says)
    {
        var e = Assert.Throws<CommandFailedException>(() => ImportFixture.Read(ImportFormat.Csv, file, Map));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain('\u001b', e.Message);
    }

    [Fact]
    public void Read_AnyTextsWrittenByTheStandard_ComeBackAsTheyWere()
    {
        var texts = Gen.String[Gen.Char["ab\"\n,; é\t"], 0, 12].Where(t => t.Trim().Length > 0);
        Gen.Select(texts, texts).Array[1, 20].Sample(rows =>
        {
            var file = new StringBuilder("id,event,time\r\n");
            foreach (var (id, name) in rows)
                file.Append(Quote(id)).Append(',').Append(Quote(name)).Append(",2024-05-01T10:00:00Z\r\n");
            var result = ImportFixture.Read(ImportFormat.Csv, file.ToString(), Map);
            Assert.Empty(result.Rejected);
            Assert.Equal(rows, result.Events.Select(e => (e.Event.Text("anonymousId"), e.Event.Text("event"))));
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void Read_Utf16WithMark_IsRead()
    {
        var text = "id,event,time\nv\u00e9,a,2024-05-01\n";
        Assert.Equal("v\u00e9", ImportFixture.Read(ImportFormat.Csv, [0xff, 0xfe, .. Encoding.Unicode.GetBytes(text)], Map).Visitors);
        Assert.Equal("v\u00e9", ImportFixture.Read(ImportFormat.Csv, [0xfe, 0xff, .. Encoding.BigEndianUnicode.GetBytes(text)], Map).Visitors);
    }

    [Fact]
    public void Read_NumbersWithTheirUnit_AreTimes()
    {
        var result = ImportFixture.Read(ImportFormat.Csv, "id,event,time\nv,a,1714557600\nv,b,1714557600.25\nv,c,1.7E9\nv,d,-99999999999\n", Map, Local.TimeUnit.Seconds);
        Assert.Equal([1714557600000, 1714557600250], result.Events.Select(e => e.Time));
        Assert.Equal(["4:ts_format", "5:ts_range"], result.Rejected);
    }

    private static string Quote(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
