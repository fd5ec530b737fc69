using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Contracts;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Collector.Doors;

/// <summary><c>POST /v1/history/end?import=ID</c>: puts the end marker of an import into every partition; a repeated one changes nothing. A body is not read.</summary>
internal sealed class ImportEndDoor(IEventLog log, TimeProvider time, Appender appender)
{
    private static readonly byte[] _done = """{"ended":true}"""u8.ToArray();

    internal async Task<DoorResult> HandleAsync(HttpContext context, WriteKey key)
    {
        var import = context.Request.Query["import"];
        if (import.Count != 1 || !ImportIds.IsValid(import[0]))
            return RejectCode.BadImport;
        using var append = log.NewAppend(Topics.History);
        Fill(append, key.Project, Encoding.ASCII.GetBytes(import[0]!), time.GetUtcNow().ToUnixTimeMilliseconds());
        var code = await appender.AppendAsync(append, context.RequestAborted);
        return code == RejectCode.None ? _done : code;
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
