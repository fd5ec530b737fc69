using Avro;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Tests.Schemas;

namespace Tidemark.Contracts.Tests.Codecs;

public sealed class RejectedEventTests
{
    private const string FirstVersion = "B130103707678475";

    [Fact]
    public void FirstVersion_IsReadAsOneWithoutAPlace()
    {
        var json = SchemaFiles.History("rejected_event").Single(h => h.Fingerprint == FirstVersion).Json;
        var record = RandomRecords.Next((RecordSchema)SchemaFiles.Plain(json), new Random(1));
        var read = RejectedEvent.Decode(Generic.Write(record, Convert.ToUInt64(FirstVersion, 16)));
        Assert.Equal(((string)record["code"], (int)record["index"], (int)record["size"]), (System.Text.Encoding.UTF8.GetString(read.Code), read.Index, read.Size));
        Assert.Equal((-1, -1L), (read.Partition, read.Offset));
        Assert.Equal((byte[])record["sample"], read.Sample.ToArray());
    }
}
