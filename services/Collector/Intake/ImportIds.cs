namespace Tidemark.Collector.Intake;

/// <summary>Names of imports: 1 to 64 of A-Z, a-z, 0-9, '_', '.', '-'.</summary>
public static class ImportIds
{
    public const int MaxLength = 64;

    public static bool IsValid(ReadOnlySpan<char> id)
    {
        if (id.Length is 0 or > MaxLength)
            return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
                return false;
        }
        return true;
    }
}
