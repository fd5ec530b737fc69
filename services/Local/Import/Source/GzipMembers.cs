using System.Buffers.Binary;
using System.IO.Hashing;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace Tidemark.Local.Import.Source;

/// <summary>
/// The content of a gzip file: all its members, one after the other (RFC 1952). Length and checksum of each are verified, and a file that stops inside a member is
/// an error; .NET's own GZipStream ends there as if all were well (dotnet/runtime#72742), and its DeflateStream does not say where a member ended.
/// </summary>
internal sealed class GzipMembers(Stream file) : ReadOnlyStream
{
    private readonly byte[] _input = new byte[64 * 1024];
    private readonly Inflater _inflater = new(noHeader: true);
    private readonly Crc32 _checksum = new();
    private int _at;
    private int _end;
    private bool _insideMember;
    private bool _done;
    private int _members;

    public override int Read(Span<byte> buffer)
    {
        var array = System.Buffers.ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            var read = Read(array, 0, buffer.Length);
            array.AsSpan(0, read).CopyTo(buffer);
            return read;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(array);
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (!_done)
        {
            if (!_insideMember && !BeginMember())
                break;
            var read = Inflate(buffer, offset, count);
            if (read > 0)
            {
                _checksum.Append(buffer.AsSpan(offset, read));
                return read;
            }
            if (_inflater.IsFinished)
                EndMember();
            else
                Refill();
        }
        _done = true;
        return 0;
    }

    private int Inflate(byte[] buffer, int offset, int count)
    {
        try
        {
            return _inflater.Inflate(buffer, offset, count);
        }
        catch (SharpZipBaseException)
        {
            throw Damaged();
        }
    }

    private bool BeginMember()
    {
        if (_members > 0)
        {
            // Archivers pad to a block with zeros; anything else behind the last member means that the file is not what it was.
            while (More() && _input[_at] == 0)
                _at++;
            if (!More())
                return false;
        }
        if (Next() != 0x1f || Next() != 0x8b || Next() != 8)
            throw Damaged();
        var flags = Next();
        Skip(6);
        if ((flags & 4) != 0)
            Skip(Next() | Next() << 8);
        if ((flags & 8) != 0)
            SkipText();
        if ((flags & 16) != 0)
            SkipText();
        if ((flags & 2) != 0)
            Skip(2);
        _inflater.Reset();
        _checksum.Reset();
        _insideMember = true;
        Refill();
        return true;
    }

    private void Refill()
    {
        if (!More())
            throw Cut();
        _inflater.SetInput(_input, _at, _end - _at);
        _at = _end;
    }

    private void EndMember()
    {
        _at = _end - _inflater.RemainingInput;
        Span<byte> trailer = stackalloc byte[8];
        foreach (ref var b in trailer)
            b = Next();
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != _checksum.GetCurrentHashAsUInt32()
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)_inflater.TotalOut)
            throw Damaged();
        _insideMember = false;
        _members++;
    }

    private bool More()
    {
        if (_at < _end)
            return true;
        _at = 0;
        _end = file.Read(_input, 0, _input.Length);
        return _end > 0;
    }

    private byte Next() => More() ? _input[_at++] : throw Cut();

    private void Skip(int count)
    {
        for (; count > 0; count--)
            Next();
    }

    private void SkipText()
    {
        while (Next() != 0) { }
    }

    private static CommandFailedException Cut() =>
        new("the gzip file is cut: it ends in the middle of a member, so its end is missing; fetch or copy it again (nothing was imported)");

    private static CommandFailedException Damaged() =>
        new("the gzip file is damaged: its content does not match its checksum; fetch or copy it again (nothing was imported)");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
