using System.Runtime.InteropServices;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>Texts of RocksDB's C interface: UTF-8 with a zero at the end.</summary>
internal static class Utf8Text
{
    internal static byte[] Of(string text)
    {
        var bytes = new byte[System.Text.Encoding.UTF8.GetByteCount(text) + 1];
        System.Text.Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    internal static string Read(nint text) => Marshal.PtrToStringUTF8(text) ?? "";
}
