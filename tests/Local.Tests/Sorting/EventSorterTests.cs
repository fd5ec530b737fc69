using System.Text;
using Tidemark.Local.Import.Sorting;

namespace Tidemark.Local.Tests.Sorting;

public sealed class EventSorterTests
{
    [Theory]
    [InlineData(1L << 30)]
    [InlineData(20_000L)]
    public void Sorted_InMemoryOrInRuns_OrdersByTimeThenLine(long runBytes) => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        var folder = Directory.CreateTempSubdirectory("tidemark-sort-");
        try
        {
            var events = Enumerable.Range(1, 5000).Select(line => (Time: (long)random.Next(700), Line: (long)line, Json: new string('j', random.Next(1, 200)) + line)).ToList();
            using var sorter = new EventSorter(folder.FullName, runBytes);
            foreach (var one in events)
                sorter.Add(one.Time, one.Line, Encoding.UTF8.GetBytes(one.Json));
            var sorted = sorter.Sorted().Select(e => (e.Time, e.Line, Json: Encoding.UTF8.GetString(e.Json.Span))).ToList();
            Assert.Equal(events.OrderBy(e => e.Time).ThenBy(e => e.Line), sorted);
            // Runs are unlinked while open: nothing stays, even after kill -9.
            Assert.Empty(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    });
}
