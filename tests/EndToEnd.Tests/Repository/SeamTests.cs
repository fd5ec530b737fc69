using System.Reflection;
using NetArchTest.Rules;

namespace Tidemark.EndToEnd.Tests.Repository;

/// <summary>Who may name what: the log's implementations and the engine stay behind their seams, and services meet only in the log.</summary>
public sealed class SeamTests
{
    [Theory]
    [InlineData("Collector", "RocksDbSharp")]
    [InlineData("Sessionizer", "RocksDbSharp")]
    [InlineData("Aggregator", "RocksDbSharp")]
    [InlineData("ServiceDefaults", "RocksDbSharp")]
    [InlineData("Local", "RocksDbSharp")]
    [InlineData("Collector", "Tidemark.EventLog.RocksDb")]
    [InlineData("Sessionizer", "Tidemark.EventLog.RocksDb")]
    [InlineData("Aggregator", "Tidemark.EventLog.RocksDb")]
    [InlineData("Collector", "Confluent.Kafka")]
    [InlineData("Sessionizer", "Confluent.Kafka")]
    [InlineData("Aggregator", "Confluent.Kafka")]
    [InlineData("ServiceDefaults", "Confluent.Kafka")]
    [InlineData("Local", "Confluent.Kafka")]
    [InlineData("Collector", "Tidemark.EventLog.Kafka")]
    [InlineData("Sessionizer", "Tidemark.EventLog.Kafka")]
    [InlineData("Aggregator", "Tidemark.EventLog.Kafka")]
    [InlineData("Aggregator", "Tidemark.ClickHouse.Embedded")]
    [InlineData("Sessionizer", "Tidemark.Collector")]
    [InlineData("Aggregator", "Tidemark.Collector")]
    [InlineData("Aggregator", "Tidemark.Sessionizer")]
    [InlineData("Collector", "Tidemark.Sessionizer")]
    [InlineData("Contracts", "Tidemark.EventLog")]
    [InlineData("EventLog", "Tidemark.Contracts")]
    public void Assembly_DoesNotName(string assembly, string dependency)
    {
        var result = Types.InAssembly(Assembly.Load(assembly)).ShouldNot().HaveDependencyOn(dependency).GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }
}
