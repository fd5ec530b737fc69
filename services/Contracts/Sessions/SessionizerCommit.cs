using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Sessions;

public sealed partial record SessionizerCommit
{
    /// <summary>Stands for "none" in <see cref="Horizon"/> and <see cref="IdleHorizon"/>.</summary>
    public const long NoHorizon = long.MinValue;

    /// <summary>True for the versions that have <see cref="Writer"/>.</summary>
    internal static bool NamesWriter(ReadOnlySpan<byte> message) =>
        Is(message) && AvroReader.TryHeader(message, out var fingerprint) && fingerprint is not (Version1 or Version2);
}
