using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tidemark.HttpHardening.Pages;

namespace Tidemark.Collector.Keys;

/// <summary>
/// The valid write keys, held as keyed hashes under a secret of the process, so that neither the table's order nor a comparison's time says anything about a key.
/// </summary>
internal sealed class WriteKeys
{
    private const int HashLength = 32;
    private const int MaxKeyBytes = 256;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(HashLength);
    private readonly Dictionary<ulong, Entry> _entries = [];
    private readonly Entry _nobody = new(new byte[HashLength], null);

    public WriteKeys(CollectorOptions options, TimeProvider time)
    {
        foreach (var project in options.Projects)
        {
            var origins = project.AllowedOrigins.Count > 0 ? new AllowedOrigins(project.AllowedOrigins) : null;
            foreach (var key in project.Keys.Where(k => !k.Revoked))
            {
                var rate = options.MaxEventsPerSecondPerKey is { } limit ? new TokenBucket(limit, limit * 10.0, time) : null;
                var hash = new byte[HashLength];
                HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(key.Key), hash);
                _entries.Add(BinaryPrimitives.ReadUInt64LittleEndian(hash), new Entry(hash, new WriteKey(Encoding.UTF8.GetBytes(project.Name), key.History, rate, key.WellKnown, origins)));
            }
        }
    }

    /// <summary>The key, or null for one that is missing, unknown or revoked; all three take the same time.</summary>
    internal WriteKey? Find(ReadOnlySpan<byte> key)
    {
        if (key.Length > MaxKeyBytes)
            key = default;
        Span<byte> hash = stackalloc byte[HashLength];
        HMACSHA256.HashData(_secret, key, hash);
        var entry = _entries.GetValueOrDefault(BinaryPrimitives.ReadUInt64LittleEndian(hash), _nobody);
        return CryptographicOperations.FixedTimeEquals(hash, entry.Hash) ? entry.Key : null;
    }

    private sealed record Entry(byte[] Hash, WriteKey? Key);
}
