namespace Tidemark.Sessionizer.Sessions;

/// <summary>Bytes of texts one after the other in chunks; single texts are not given back, the whole is copied anew when too much of it is dead.</summary>
internal sealed class TextArena
{
    private const int PlaceBits = 20;
    private const int FirstChunk = 1 << 12;
    private const int LargestChunk = 1 << PlaceBits;

    private byte[][] _chunks = new byte[4][];
    private int _count;
    private int _at;

    public long Length { get; private set; }

    /// <summary>Stores a text and returns its address.</summary>
    public long Add(ReadOnlySpan<byte> text)
    {
        if (_count == 0 || _chunks[_count - 1].Length - _at < text.Length)
            NewChunk(text.Length);
        text.CopyTo(_chunks[_count - 1].AsSpan(_at));
        var address = ((long)(_count - 1) << PlaceBits) | (long)_at;
        _at += text.Length;
        Length += text.Length;
        return address;
    }

    public ReadOnlySpan<byte> Get(long address, int length) =>
        _chunks[address >> PlaceBits].AsSpan((int)(address & (LargestChunk - 1)), length);

    private void NewChunk(int needed)
    {
        if (_count == _chunks.Length)
            Array.Resize(ref _chunks, _count * 2);
        var size = (int)Math.Min(LargestChunk, Math.Max(FirstChunk, Length));
        _chunks[_count++] = new byte[Math.Max(size, needed)];
        _at = 0;
    }
}
