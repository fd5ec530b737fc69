using System.Text;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.EventLog;

namespace Tidemark.Collector.Intake;

/// <summary>
/// What <c>POST /v1/history?import=ID&amp;ids=place</c> would make of events, without a collector that runs and without a log: the same reader, the same limits. For
/// programs that show what they are about to send.
/// </summary>
public sealed class HistoryPreview : IDisposable
{
    private readonly BatchReader _reader;
    private readonly EventSource _source;
    private readonly AppendRequest _append = new(Topics.History, 1, null);

    /// <param name="options">Limits as the collector has them.</param>
    /// <param name="project">Project of the key that the events would be sent with.</param>
    /// <param name="importId">Name of the import.</param>
    /// <param name="time">Says when the events would have been received.</param>
    /// <param name="random">For the ids of events that get one by chance.</param>
    public HistoryPreview(CollectorOptions options, string project, string importId, TimeProvider time, Random random)
    {
        _reader = new BatchReader(options, random);
        var key = new WriteKey(Encoding.UTF8.GetBytes(project), History: true, Rate: null);
        _source = new EventSource(key, Lane.History, Encoding.ASCII.GetBytes(importId), PlaceIds: true, time.GetUtcNow().ToUnixTimeMilliseconds(), [], []);
    }

    /// <summary>
    /// Judges one event, a JSON object. Null when it would be taken, and then <paramref name="e"/> is what would be stored, valid until the next call; else the code that
    /// the answer would give as the reason.
    /// </summary>
    public string? Judge(ReadOnlySpan<byte> json, out EventFields e)
    {
        e = default;
        _append.Clear();
        var code = _reader.Read(json, _source, _append);
        if (code == RejectCode.None && _reader.Rejections is [var rejection, ..])
            code = rejection.Code;
        if (code != RejectCode.None)
            return RejectCodes.Name(code);
        var records = _append.Records(0);
        foreach (var record in new RecordSet(records.Data, 0, records.Count, records.BaseTimestampMs))
            EventFields.Decode(record.Value, out e);
        return null;
    }

    public void Dispose() => _append.Dispose();
}
