namespace Tidemark.Local.Import.Undo;

/// <summary>The names that somebody who mistyped one may have meant.</summary>
internal static class ClosestNames
{
    private const int Most = 3;

    /// <summary>At most three, the closest first: those that begin with the text or differ in no more than a third of its characters.</summary>
    public static IReadOnlyList<string> To(string text, IEnumerable<string> names) =>
    [
        .. names.Select(name => (Name: name, Distance: name.StartsWith(text, StringComparison.OrdinalIgnoreCase) && name.Length > text.Length ? 1 : Distance(text, name)))
            .Where(one => one.Distance <= Math.Max(1, text.Length / 3))
            .OrderBy(one => one.Distance).ThenBy(one => one.Name, StringComparer.Ordinal)
            .Take(Most).Select(one => one.Name),
    ];

    /// <summary>Characters to insert, delete or replace (Levenshtein), whatever their case.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var before = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = before + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                before = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
