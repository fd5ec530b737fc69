namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>The name that somebody probably meant.</summary>
public static class Nearest
{
    /// <summary>The end of a message about an unknown name: the nearest of those that there are, or where they are listed.</summary>
    public static string Hint(string typed, IEnumerable<string> names, Func<string, string> show)
    {
        var (best, distance) = ("", int.MaxValue);
        foreach (var name in names)
        {
            var d = Distance(typed.ToUpperInvariant(), name.ToUpperInvariant());
            if (d < distance)
                (best, distance) = (name, d);
        }
        return distance <= Math.Max(2, typed.Length / 3) ? $"; did you mean {show(best)}?" : "; see --help";
    }

    /// <summary>Levenshtein.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1));
                corner = above;
            }
        }
        return row[b.Length];
    }
}
