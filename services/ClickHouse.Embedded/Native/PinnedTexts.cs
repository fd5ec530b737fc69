using System.Runtime.InteropServices;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Native;

/// <summary>An array of UTF-8 texts in unmanaged memory, as the engine takes names and values (and argv: each ends in a zero, and the array in a null).</summary>
internal sealed unsafe class PinnedTexts : IDisposable
{
    readonly int _count;

    public PinnedTexts(IReadOnlyList<string> texts)
    {
        _count = texts.Count;
        Pointers = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        Lengths = (nuint*)NativeMemory.AllocZeroed((nuint)Math.Max(1, _count), (nuint)sizeof(nuint));
        for (var i = 0; i < _count; i++)
        {
            var length = Encoding.UTF8.GetByteCount(texts[i]);
            Pointers[i] = (byte*)NativeMemory.Alloc((nuint)length + 1);
            Encoding.UTF8.GetBytes(texts[i], new Span<byte>(Pointers[i], length));
            Pointers[i][length] = 0;
            Lengths[i] = (nuint)length;
        }
    }

    public byte** Pointers { get; }

    public nuint* Lengths { get; }

    public int Count => _count;

    public void Dispose()
    {
        for (var i = 0; i < _count; i++)
            NativeMemory.Free(Pointers[i]);
        NativeMemory.Free(Pointers);
        NativeMemory.Free(Lengths);
    }
}
