namespace Tidemark.ClickHouse.Embedded.Formats;

/// <summary>The form of Native that a client asks for with <c>client_protocol_version</c>.</summary>
internal sealed class NativeOutput(ulong version)
{
    public static NativeOutput? For(string format, ulong version) => version == ulong.MaxValue ? new NativeOutput(version) : null;

    public ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> blocks) => version == 0 ? blocks : throw new NotSupportedException();
}
