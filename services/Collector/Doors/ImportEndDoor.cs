using Tidemark.Collector.Imports;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Collector.Doors;

/// <summary><c>POST /v1/history/end?import=ID[&amp;generation=N]</c>: puts the end marker of an import into every partition; a repeated one changes nothing. A body is not read.</summary>
internal sealed class ImportEndDoor(IEventLog log, TimeProvider time, Appender appender, ImportRegistry imports) : Door("/v1/history/end")
{
    private static readonly byte[] _done = """{"ended":true}"""u8.ToArray();

    internal override bool History => true;

    internal override async Task<DoorResult> HandleAsync(DoorRequest request)
    {
        var key = request.Key;
        if (!ImportQuery.TryRead(request.Http, out var import))
            return RejectCode.BadImport;
        try
        {
            var code = await imports.OpenAsync(key, import);
            if (code != RejectCode.None)
                return code;
            using var append = log.NewAppend(Topics.History);
            Fill(append, key.Project, import.Id, time.GetUtcNow().ToUnixTimeMilliseconds());
            code = await appender.AppendAsync(append, request.Aborted);
            if (code != RejectCode.None)
                return code;
            await imports.EndAsync(key, import);
            return _done;
        }
        catch (LogException e)
        {
            return appender.Failed(e);
        }
    }

    private static void Fill(AppendRequest append, byte[] project, byte[] importId, long now)
    {
        var end = new ImportEnd { Project = project, ImportId = importId, EndedAt = now };
        Span<byte> encoded = stackalloc byte[end.MaxLength];
        encoded = encoded[..end.Encode(encoded)];
        for (var partition = 0; partition < append.PartitionCount; partition++)
            append.AddTo(partition, importId, encoded, now);
    }
}
