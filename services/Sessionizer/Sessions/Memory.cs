using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Asks the processor for memory before it is needed. A hint: it changes nothing, and does nothing where there is no such instruction.</summary>
internal static class Memory
{
    public const int LineSize = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Fetch<T>(ref T place)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref place));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Fetch<T>(ref T place, int lines)
    {
        if (!Sse.IsSupported)
            return;
        var at = (byte*)Unsafe.AsPointer(ref place);
        for (var line = 0; line < lines; line++)
            Sse.Prefetch0(at + line * LineSize);
    }
}
