using System.Text;
using CsCheck;
using Tidemark.Local.Import.Csv;

namespace Tidemark.Local.Tests.Csv;

public sealed class CsvRecordTests
{
    [Fact]
    public void Parse_AnyBytes_AgreesWithANaiveReader() =>
        Gen.String[Gen.Char["a\",\n "], 0, 14].Sample(
            text =>
            {
                var record = new CsvRecord((byte)',');
                var bytes = Encoding.UTF8.GetBytes(text);
                var fields = record.Parse(bytes) == CsvParse.Complete
                    ? Enumerable.Range(0, record.Count).Select(i => Encoding.UTF8.GetString(record.Value(bytes, i))).ToList()
                    : null;
                Assert.Equal(Naive(text), fields);
            },
            iter: 50_000,
            threads: 1);

    /// <summary>Character by character; null when a quote does not close or text stands behind it.</summary>
    private static List<string>? Naive(string text)
    {
        var fields = new List<string>();
        for (var at = 0; ; at++)
        {
            var field = new StringBuilder();
            if (at < text.Length && text[at] == '"')
            {
                for (at++; ; at++)
                {
                    if (at >= text.Length)
                        return null;
                    if (text[at] != '"')
                        field.Append(text[at]);
                    else if (at + 1 < text.Length && text[at + 1] == '"')
                        field.Append(text[at++]);
                    else
                        break;
                }
                at++;
                if (at < text.Length && text[at] != ',')
                    return null;
            }
            else
            {
                for (; at < text.Length && text[at] != ','; at++)
                    field.Append(text[at]);
            }
            fields.Add(field.ToString());
            if (at >= text.Length)
                return fields;
        }
    }
}
