using System.Buffers.Text;
using System.Text;

namespace Tidemark.Contracts.Imports;

/// <summary>
/// An import may be taken back and sent again under its name; each time is a generation of it, from 0. The log's import ids say which: the name alone for generation 0,
/// <c>name~generation</c> for the others, so that nothing of one is taken for something of another (event ids that are made of import and line among it). Names have no '~'.
/// Tables have the name: there the rows of a generation are gone before the next one begins.
/// </summary>
public static class ImportGeneration
{
    /// <summary>The most generations of one name; the column of the tables is a UInt16.</summary>
    public const int Last = ushort.MaxValue;

    /// <summary>Bytes that the generation adds to a name at most.</summary>
    public const int MaxSuffixLength = 6;

    private const byte Mark = (byte)'~';

    public static byte[] IdOf(ReadOnlySpan<byte> name, int generation) =>
        generation == 0 ? name.ToArray() : [.. name, Mark, .. Encoding.ASCII.GetBytes(generation.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>The name in an import id of the log.</summary>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> importId) => importId.IndexOf(Mark) is >= 0 and var at ? importId[..at] : importId;

    /// <summary>The generation in an import id of the log; -1 when what follows the name is not one.</summary>
    public static int Of(ReadOnlySpan<byte> importId)
    {
        var at = importId.IndexOf(Mark);
        if (at < 0)
            return 0;
        var digits = importId[(at + 1)..];
        return Utf8Parser.TryParse(digits, out int generation, out var length) && length == digits.Length && generation is > 0 and <= Last ? generation : -1;
    }
}
