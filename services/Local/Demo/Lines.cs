using System.Buffers;
using Tidemark.Local.Demo.Traffic;

namespace Tidemark.Local.Demo;

/// <summary>Events as NDJSON.</summary>
internal static class Lines
{
    public static byte[] Of(IReadOnlyList<ShopEvent> events)
    {
        var body = new ArrayBufferWriter<byte>(events.Sum(static e => e.Json.Length + 1));
        foreach (var one in events)
        {
            body.Write(one.Json.Span);
            body.Write("\n"u8);
        }
        return body.WrittenSpan.ToArray();
    }
}
