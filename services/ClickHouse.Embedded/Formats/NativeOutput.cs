using System.Buffers;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Formats;

/// <summary>
/// The form of Native that a client asks for with <c>client_protocol_version</c> (the Go client, so Grafana; clickhouse-connect):
/// block info before each block, and a byte for the kind of serialization after each column's type. The engine only writes the
/// form of version 0, so the blocks are taken apart column by column here. One thing stays as in version 0: a column of type
/// DateTime('zone') is called DateTime.
/// </summary>
internal sealed class NativeOutput
{
    const ulong SerializationByteSince = 54454;

    readonly bool _serializationByte;
    readonly ArrayBufferWriter<byte> _output = new(64 << 10);
    readonly Dictionary<string, NativeType> _types = [];

    NativeOutput(ulong version) => _serializationByte = version >= SerializationByteSince;

    // Field 1: no overflow row; field 2: bucket -1; end.
    static ReadOnlySpan<byte> BlockInfo => [1, 0, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0];

    public static bool IsNative(string format) => format.Equals("Native", StringComparison.OrdinalIgnoreCase);

    /// <summary>Null when the format stays as the engine writes it.</summary>
    public static NativeOutput? For(string format, ulong version) => version > 0 && IsNative(format) ? new NativeOutput(version) : null;

    /// <summary>The same blocks in the form asked for; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Rewrite(ReadOnlySpan<byte> blocks)
    {
        _output.ResetWrittenCount();
        var walker = new NativeWalker(blocks);
        while (!walker.AtEnd)
            Block(ref walker, blocks);
        return _output.WrittenMemory;
    }

    void Block(ref NativeWalker walker, ReadOnlySpan<byte> blocks)
    {
        _output.Write(BlockInfo);
        var start = walker.Position;
        var columns = walker.VarUInt();
        var rows = walker.VarUInt();
        _output.Write(blocks[start..walker.Position]);
        for (var column = 0; column < columns; column++)
        {
            start = walker.Position;
            walker.Text();
            var name = Encoding.UTF8.GetString(walker.Text());
            _output.Write(blocks[start..walker.Position]);
            if (_serializationByte)
                _output.Write([(byte)0]);
            start = walker.Position;
            if (!_types.TryGetValue(name, out var type))
                _types[name] = type = NativeType.Parse(name);
            if (walker.Column(type, rows))
            {
                _output.Write(blocks[start..walker.Position]);
                continue;
            }

            // A chunk is one block, so the last column ends where the chunk does.
            if (column < columns - 1)
                throw EngineErrorException.Of(48, "NOT_IMPLEMENTED", $"A column of type {name} can only stand last in Native with client_protocol_version; select it last, or as a String");
            _output.Write(blocks[start..]);
            walker = new NativeWalker([]);
        }
    }
}
