namespace Tidemark.EventLog.Tests;

public sealed class PartitionerTests
{
    [Fact]
    public void Murmur2_is_Javas()
    {
        var vectors = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "murmur2-vectors.txt")).Where(line => !line.StartsWith('#')).ToArray();
        Assert.Equal(300, vectors.Length);
        foreach (var vector in vectors)
        {
            var parts = vector.Split(' ');
            var key = Convert.FromHexString(parts[0]);
            Assert.Equal(int.Parse(parts[1]), (int)Partitioner.Murmur2(key));
            Assert.Equal(int.Parse(parts[2]), Partitioner.PartitionOf(key, 12));
        }
    }
}
