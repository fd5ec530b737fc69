using System.Text;
using CsCheck;
using Tidemark.Local.Import;

namespace Tidemark.Local.Tests.Csv;

public sealed class BrokenQuoteTests
{
    private const string Map = "anonymousId=id,event=event,timestamp=time";

    // Each row that follows holds a doubled quote, which closes nothing: looking at all of the rows again for each of them took minutes.
    [Fact]
    public void Read_QuoteThatNeverClosesBeforeManyEmptyQuotedFields_CostsItsOwnRowOnly()
    {
        const int Rows = 60_000;
        var file = new StringBuilder("id,event,time,note\n\"broken,x,2024-05-01,1\n");
        for (var i = 0; i < Rows; i++)
            file.Append("v,e,2024-05-01,\"\"\n");
        var result = ImportFixture.Read(ImportFormat.Csv, file.ToString(), Map);
        Assert.Equal(["2:quote"], result.Rejected);
        Assert.Equal(Rows, result.Events.Count);
    }

    [Fact]
    public void Read_OneQuoteLostInAnyPlace_HarmsNoRowButItsOwn()
    {
        var texts = Gen.String[Gen.Char["abc é;"], 1, 8].Where(t => t.Trim().Length > 0);
        Gen.Select(texts.Array[2, 12], Gen.Int[0, 11], Gen.Bool).Sample((names, broken, quoted) =>
        {
            broken %= names.Length;
            var file = new StringBuilder("id,event,time\n");
            for (var i = 0; i < names.Length; i++)
            {
                var name = i == broken ? $"\"{names[i]}" : quoted ? $"\"{names[i]}\"" : names[i];
                file.Append(System.Globalization.CultureInfo.InvariantCulture, $"v{i},{name},2024-05-01T10:00:00Z\n");
            }
            var result = ImportFixture.Read(ImportFormat.Csv, file.ToString(), Map);
            Assert.Equal([$"{broken + 2}:quote"], result.Rejected);
            Assert.Equal(names.Where((_, i) => i != broken), result.Events.Select(e => e.Event.Text("event")));
        }, iter: 300, threads: 1);
    }
}
