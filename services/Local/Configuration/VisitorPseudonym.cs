using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tidemark.Local.Configuration;

/// <summary>
/// The visitor of a log line: 16 hex digits of HMAC-SHA-256 over address and user agent. The address goes in with its length in front, so that no two pairs give the
/// same input; the key stays in the data folder, so that nobody without it can try addresses.
/// </summary>
internal sealed class VisitorPseudonym(byte[] key)
{
    public const int Length = 16;

    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    private byte[] _input = new byte[1024];

    public void Write(ReadOnlySpan<byte> address, ReadOnlySpan<byte> agent, Span<byte> destination)
    {
        var length = 4 + address.Length + agent.Length;
        if (_input.Length < length)
            _input = new byte[length * 2];
        BinaryPrimitives.WriteInt32LittleEndian(_input, address.Length);
        address.CopyTo(_input.AsSpan(4));
        agent.CopyTo(_input.AsSpan(4 + address.Length));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, _input.AsSpan(0, length), hash);
        Convert.TryToHexStringLower(hash[..(Length / 2)], destination, out _);
    }

    /// <summary>True when the folder has a key, which a first import of an access log makes.</summary>
    public static bool HasKey(string folder) => File.Exists(FileOf(folder));

    private static string FileOf(string folder) => Path.Combine(folder, "visitor.key");

    /// <summary>The key of a data folder, made on first use; readable by its owner only.</summary>
    public static byte[] KeyOf(string folder)
    {
        var path = FileOf(folder);
        if (!File.Exists(path))
        {
            DataFolder.Create(folder);
            var temporary = $"{path}.{Environment.ProcessId}";
            // Private from the first byte on, and no link that somebody has laid there.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            File.Delete(temporary);
            using (var file = new FileStream(temporary, options))
                file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n"));
            try
            {
                File.Move(temporary, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(temporary);
            }
        }
        return Parse(File.ReadAllText(path).Trim())
            ?? throw new CommandFailedException($"{path} is damaged: it has to hold 64 hex digits; without it the visitors of earlier access logs cannot be recognised");
    }

    public static byte[]? Parse(string text) =>
        text.Length == KeyBytes * 2 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
}
