using Tidemark.Local.Import;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Tests.Rows;

public sealed class FieldMapTests
{
    [Theory]
    [InlineData("visitor=id", "anonymousId")]
    [InlineData("anonymousid=id", "did you mean anonymousId")]
    [InlineData("event=a,event=b", "event is mapped twice")]
    [InlineData("page=a,path=b", "page and path are one field")]
    [InlineData("event", "FIELD=COLUMN")]
    [InlineData("event=", "FIELD=COLUMN")]
    [InlineData("=a", "FIELD=COLUMN")]
    [InlineData("event=a,", "FIELD=COLUMN")]
    [InlineData("properties.=a", "no field")]
    public void Parse_Mistake_SaysWhatIsWrong(string map, string says) =>
        Assert.Contains(says, Assert.Throws<CommandFailedException>(() => FieldMap.Parse([map])).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_ColumnForTwoFields_ReadsBothFromIt()
    {
        var result = ImportFixture.Read(ImportFormat.Csv, "id,time\nv,2024-05-01\n", "anonymousId=id,event=id,timestamp=time");
        Assert.Equal(("v", "v"), (result.Visitors, result.Names));
    }

    [Fact]
    public void OwnNames_ColumnThatNoEventNeedsTwice_DoesNotMatter()
    {
        var result = ImportFixture.Read(ImportFormat.Csv, "anonymousId,event,timestamp,title,title,page,path\nv,e,2024-05-01,a,b,/x,/y\n");
        Assert.Equal("/x", result.Pages);
        Assert.Equal("", result.Events[0].Event.Text("context", "page", "title"));
    }

    [Fact]
    public void OwnNames_NeededColumnTwice_IsRefused() =>
        Assert.Contains(
            "twice",
            Assert.Throws<CommandFailedException>(() => ImportFixture.Read(ImportFormat.Csv, "anonymousId,event,timestamp,timestamp\nv,e,2024-05-01,2024-05-02\n")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Read_PropertiesAndCampaign_StandAtTheirPlaces()
    {
        var one = ImportFixture.Read(
            ImportFormat.Csv, "id,event,time,plan,src\nv,e,2024-05-01,gold,mail\n", "anonymousId=id,event=event,timestamp=time,properties.plan.name=plan,utm_source=src").Events[0].Event;
        Assert.Equal(("gold", "mail"), (one.Text("properties", "plan.name"), one.Text("context", "campaign", "source")));
    }
}
