using Microsoft.Extensions.DependencyInjection;

namespace Tidemark.Aggregator.Tests;

public sealed class AggregatorOptionsTests
{
    [Fact]
    public void Mistakes_Defaults_AreRight() => Assert.Empty(new AggregatorOptions().Mistakes());

    [Fact]
    public void AddAggregator_WrongSettings_AreAllNamedTogether()
    {
        var wrong = new AggregatorOptions
        {
            ClickHouseUrl = new Uri("ftp://host"),
            User = "",
            Database = "a-b",
            RequestTimeout = TimeSpan.Zero,
            SmallInterval = TimeSpan.Zero,
            LargeInterval = TimeSpan.FromHours(1),
            LargeRows = 0,
            FullRows = 0,
            MaxBatchRows = 1_048_450,
            MaxBatchBytes = 1,
            ParallelInserts = 0,
            StopTimeout = TimeSpan.FromHours(1),
        };
        var e = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddAggregator(wrong));
        foreach (var property in typeof(AggregatorOptions).GetProperties().Where(p => p.Name is not "Password" and not "BeginAnew" and not "EqualityContract"))
            Assert.Contains(property.Name, e.Message);
    }
}
