using System.Text;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Refusals;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.EventLog;

namespace Tidemark.Collector.Tests.Intake;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_WarmedUp_AllocatesNothingPerEvent(bool array)
    {
        var events = Enumerable.Range(0, 500).Select(i => $$$"""
            {"type":"{{{(i % 3 == 0 ? "page" : "track")}}}","event":"Product \u00c4 Viewed","anonymousId":"v{{{i}}}","userId":"u\ud83d","messageId":"m{{{i}}}","timestamp":"2026-05-04T11:59:00.123+02:00","sentAt":"2026-05-04T10:00:00Z",
            """.Trim() + $$$"""
            "properties":{"path":"/p/{{{i}}}","price":1.5,"list":[1,{"x":"\udc00"}],"o":{"a":{"b":true} } },"context":{"userAgent":"Mozilla/5.0 (X11; Linux x86_64) {{{i % 7}}}","page":{"url":"https://h/?utm_source=a%20b","title":"T"} } }
            """.Trim());
        var body = Encoding.UTF8.GetBytes(array ? "[" + string.Join(',', events) + "]" : string.Join('\n', events));
        var reader = new BatchReader(CollectorHost.Options, Random.Shared);
        using var append = new AppendRequest("events", 4, null);
        var source = Batch.Source();
        var least = long.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            append.Clear();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var code = reader.Read(body, source, append);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal((RejectCode.None, 500), (code, reader.Accepted));
        }
        Assert.Equal(0, least);
    }
}
