using System.Buffers;

namespace Tidemark.Collector.Bodies;

/// <summary>The bytes of a body in pooled memory, accounted for as in flight until disposed.</summary>
internal sealed class Body(InFlightBytes inFlight) : IDisposable
{
    private byte[] _buffer = [];
    private long _reserved;

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    internal ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>False when so many bytes more would go beyond the in-flight limit now.</summary>
    internal bool Fits(long bytes) => inFlight.Fits(bytes);

    /// <summary>False when the in-flight limit does not allow <paramref name="bytes"/> more.</summary>
    internal bool TryReserve(long bytes)
    {
        if (!inFlight.TryAdd(bytes))
            return false;
        _reserved += bytes;
        return true;
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Free memory of at least this size behind the content; <see cref="Advance"/> makes what was written part of it.</summary>
    internal Span<byte> Room(int atLeast)
    {
        if (_buffer.Length - Length < atLeast)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(4096, Math.Max(_buffer.Length * 2, Length + atLeast)));
            Span.CopyTo(larger);
            Release();
            _buffer = larger;
        }
        return _buffer.AsSpan(Length);
    }

    internal void Advance(int bytes) => Length += bytes;

    /// <summary>Hands the content on to another body, with what is reserved for it; this one is empty afterwards.</summary>
    internal Body Detach()
    {
        var other = new Body(inFlight) { _buffer = _buffer, _reserved = _reserved, Length = Length };
        (_buffer, _reserved, Length) = ([], 0, 0);
        return other;
    }

    public void Dispose()
    {
        Length = 0;
        Release();
        inFlight.Remove(_reserved);
        _reserved = 0;
    }

    private void Release()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
