using System.Text;
using Tidemark.EventLog.Kafka.Native;

namespace Tidemark.EventLog.Kafka.Reading;

/// <summary>Trace contexts among the records of one read. Records without headers, which is nearly all of them, cost one look.</summary>
internal sealed unsafe class ReadTraces
{
    private readonly List<LogTrace> _traces = [];

    internal IReadOnlyList<LogTrace> All => _traces;

    internal void Clear() => _traces.Clear();

    internal void Look(RdMessage* message)
    {
        nint headers;
        if (Rd.MessageHeaders(message, &headers) != 0)
            return;
        void* value;
        nuint length;
        fixed (byte* name = TraceHeader.Name)
        {
            if (Rd.HeaderGetLast(headers, name, &value, &length) == 0 && value is not null)
                _traces.Add(new LogTrace(message->Offset, Encoding.UTF8.GetString((byte*)value, (int)length)));
        }
    }
}
