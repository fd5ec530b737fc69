using System.Text;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.Tests.Intake;

/// <summary>Runs a body through the reader without HTTP and a log.</summary>
internal sealed record Batch(string Code, int Accepted, string Rejected, IReadOnlyList<StoredEvent> Events, IReadOnlyList<Rejection> Rejections, int Replaced)
{
    internal StoredEvent Single => Assert.Single(Events);

    internal static Batch Read(string body, bool history = false, string import = "", bool placeIds = false, CollectorOptions? options = null) =>
        Read(Encoding.UTF8.GetBytes(body), history, import, placeIds, options);

    internal static Batch Read(byte[] body, bool history = false, string import = "", bool placeIds = false, CollectorOptions? options = null)
    {
        var reader = new BatchReader(options ?? CollectorHost.Options, Random.Shared);
        using var append = new AppendRequest("events", 3, null);
        var code = reader.Read(body, Source(history, import, placeIds), append);
        var events = new List<StoredEvent>();
        if (code == RejectCode.None)
        {
            for (var p = 0; p < append.PartitionCount; p++)
            {
                var set = append.Records(p);
                foreach (var record in new RecordSet(set.Data, 0, set.Count, set.BaseTimestampMs))
                    events.Add(StoredEvent.From(new StoredRecord(p, record.Key.ToArray(), record.Value.ToArray())));
            }
            Assert.Equal(reader.Accepted, events.Count);
        }
        var rejected = string.Join(' ', reader.Rejections.Select(r => $"{r.Index}:{RejectCodes.Name(r.Code)}"));
        return new Batch(RejectCodes.Name(code), reader.Accepted, rejected, events, [.. reader.Rejections], reader.Replaced);
    }

    internal static EventSource Source(bool history = false, string import = "", bool placeIds = false) => new(
        new WriteKey("shop"u8.ToArray(), true, null), history ? Lane.History : Lane.Live, Encoding.ASCII.GetBytes(import), placeIds, CollectorHost.NowMs, [], "/v1/events"u8.ToArray());
}
