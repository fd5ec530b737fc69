using System.Security.Cryptography;
using System.Text;

namespace Tidemark.Local.Import.Source;

/// <summary>
/// A file to import, a pipe or standard input, as a stream of UTF-8 bytes: unpacked when its first two bytes say gzip, UTF-16 transcoded when it has a mark, the byte order mark taken off.
/// What it holds is hashed on the way (the unpacked bytes as they stand, so a packed copy of a file is the same content).
/// </summary>
internal sealed class SourceFile : IDisposable
{
    private readonly CountedStream _file;
    private readonly HashedContent _content;
    private readonly byte[] _first = new byte[4];

    private SourceFile(CountedStream file, Stream unpacked, long? bytesOnDisk)
    {
        _file = file;
        BytesOnDisk = bytesOnDisk;
        _content = new HashedContent(unpacked);
        var read = _content.ReadAtLeast(_first, 4, throwOnEndOfStream: false);
        RefuseOtherFormats(_first.AsSpan(0, read));
        Text = Decode(read);
    }

    /// <summary>The lines, as UTF-8 where the file was UTF-16, else its bytes unchanged (they may be anything).</summary>
    public Stream Text { get; }

    /// <summary>Size of the file; null for a pipe, which nobody knows the length of.</summary>
    public long? BytesOnDisk { get; }

    /// <summary>Bytes of the file (packed, if it is) read so far; for the progress bar.</summary>
    public long BytesRead => _file.Count;

    /// <summary>The name that stands for standard input.</summary>
    private const string StandardInput = "-";

    /// <summary>SHA-256 of the content; to be asked for when <see cref="Text"/> was read to its end.</summary>
    public byte[] ContentHash() => _content.Hash();

    public static SourceFile Open(string path)
    {
        Stream file;
        try
        {
            if (Directory.Exists(path))
                throw new CommandFailedException($"{Quoted.Text(path)} is a folder; name a file");
            file = path == StandardInput ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailedException($"there is no file {Quoted.Text(path)}");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new CommandFailedException($"{Quoted.Text(path)} cannot be read: {Quoted.Text(e.Message)}");
        }
        try
        {
            // A pipe cannot be read twice: what was read to see what it is goes in front of the rest.
            var first = new byte[2];
            var read = file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            var counted = new CountedStream(new Prefixed(first.AsMemory(0, read), file), file);
            return new SourceFile(counted, first is [0x1f, 0x8b] ? new GzipMembers(counted) : counted, file.CanSeek ? file.Length : null);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void RefuseOtherFormats(ReadOnlySpan<byte> first)
    {
        var name = first switch
        {
            [(byte)'P', (byte)'K', 3 or 5 or 7, _] => "a zip archive: unpack it first",
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1'] => "a Parquet file: export it as CSV or NDJSON first",
            [0x28, 0xb5, 0x2f, 0xfd] => "packed with zstd: unpack it first",
            [(byte)'B', (byte)'Z', (byte)'h', _] => "packed with bzip2: unpack it first",
            [0xfd, (byte)'7', (byte)'z', (byte)'X'] => "packed with xz: unpack it first",
            [0x1f, 0x8b, ..] => "packed with gzip twice: unpack it once first",
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F'] => "a PDF document",
            [0xd0, 0xcf, 0x11, 0xe0] => "an old Office document: save it as CSV first",
            _ => null,
        };
        if (name is not null)
            throw new CommandFailedException($"the file is {name} (nothing was imported)");
    }

    private Stream Decode(int read)
    {
        if (read >= 3 && _first.AsSpan(0, 3).SequenceEqual("\uFEFF"u8))
            return new Prefixed(_first.AsMemory(3, read - 3), _content);
        if (read >= 2 && _first[0] == 0xff && _first[1] == 0xfe)
            return Transcoded(Encoding.Unicode, read);
        if (read >= 2 && _first[0] == 0xfe && _first[1] == 0xff)
            return Transcoded(Encoding.BigEndianUnicode, read);
        return new Prefixed(_first.AsMemory(0, read), _content);
    }

    // Half a surrogate pair becomes a byte that is never UTF-8, so that its line is rejected; a replacement character could make two ids equal.
    private NotTextAsInvalidBytes Transcoded(Encoding encoding, int read)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = new DecoderReplacementFallback(NotText.ToString());
        return new NotTextAsInvalidBytes(Encoding.CreateTranscodingStream(new Prefixed(_first.AsMemory(2, read - 2), _content), strict, Encoding.UTF8));
    }

    /// <summary>A noncharacter that no text holds; stands for what was not UTF-16.</summary>
    internal const char NotText = '\uFFFE';

    public void Dispose()
    {
        Text.Dispose();
        _content.Dispose();
        _file.Dispose();
    }

    /// <summary>Counts what is read, also of pipes, which have no position.</summary>
    private sealed class CountedStream(Stream inner, Stream file) : ReadOnlyStream
    {
        public long Count { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            Count += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                file.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class HashedContent(Stream inner) : ReadOnlyStream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            _hash.AppendData(buffer[..read]);
            return read;
        }

        public byte[] Hash() => _hash.GetCurrentHash();

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            inner.Dispose();
            base.Dispose(disposing);
        }
    }

    // EF BF BE (U+FFFE) becomes three bytes FF; works across reads because a match is kept back until it is decided.
    private sealed class NotTextAsInvalidBytes(Stream inner) : ReadOnlyStream
    {
        private readonly byte[] _pending = new byte[2];
        private int _pendingCount;

        public override int Read(Span<byte> buffer)
        {
            if (buffer.Length < 3)
                throw new NotSupportedException("reads of at least three bytes");
            while (true)
            {
                _pending.AsSpan(0, _pendingCount).CopyTo(buffer);
                var had = _pendingCount;
                var read = inner.Read(buffer[had..]);
                var filled = buffer[..(had + read)];
                _pendingCount = 0;
                for (var at = filled.IndexOf("\uFFFE"u8); at >= 0; at = filled.IndexOf("\uFFFE"u8))
                    filled.Slice(at, 3).Fill(0xff);
                if (read == 0)
                    return filled.Length;
                var keep = filled.EndsWith((ReadOnlySpan<byte>)[0xef, 0xbf]) ? 2 : filled[^1] == 0xef ? 1 : 0;
                filled[^keep..].CopyTo(_pending);
                _pendingCount = keep;
                if (filled.Length > keep)
                    return filled.Length - keep;
            }
        }
    }
}
