using System.Reflection;
using System.Xml.Linq;
using NetArchTest.Rules;
using Tidemark.EndToEnd.Tests.Product;

namespace Tidemark.EndToEnd.Tests.Repository;

/// <summary>Who may name what: the log's implementations and the engine stay behind their seams, and services meet only in the log.</summary>
public sealed class SeamTests
{
    [Theory]
    [InlineData("Collector", "RocksDbSharp")]
    [InlineData("Sessionizer", "RocksDbSharp")]
    [InlineData("Aggregator", "RocksDbSharp")]
    [InlineData("ServiceDefaults", "RocksDbSharp")]
    [InlineData("tidemark", "RocksDbSharp")]
    [InlineData("Collector", "Tidemark.EventLog.RocksDb")]
    [InlineData("Sessionizer", "Tidemark.EventLog.RocksDb")]
    [InlineData("Aggregator", "Tidemark.EventLog.RocksDb")]
    [InlineData("Collector", "Confluent.Kafka")]
    [InlineData("Sessionizer", "Confluent.Kafka")]
    [InlineData("Aggregator", "Confluent.Kafka")]
    [InlineData("ServiceDefaults", "Confluent.Kafka")]
    [InlineData("tidemark", "Confluent.Kafka")]
    [InlineData("Collector", "Tidemark.EventLog.Kafka")]
    [InlineData("Sessionizer", "Tidemark.EventLog.Kafka")]
    [InlineData("Aggregator", "Tidemark.EventLog.Kafka")]
    [InlineData("ServiceDefaults", "Tidemark.EventLog.Kafka")]
    [InlineData("tidemark", "Tidemark.EventLog.Kafka")]
    [InlineData("EventLog", "RocksDbSharp")]
    [InlineData("EventLog", "Confluent.Kafka")]
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

    /// <summary>A program carries everything that its projects refer to, whether or not its code names it.</summary>
    [Theory]
    [InlineData("Local", "EventLog.RocksDb", "EventLog.Kafka")]
    [InlineData("Cluster.Collector", "EventLog.Kafka", "EventLog.RocksDb")]
    [InlineData("Cluster.Sessionizer", "EventLog.Kafka", "EventLog.RocksDb")]
    [InlineData("Cluster.Aggregator", "EventLog.Kafka", "EventLog.RocksDb")]
    public void Program_CarriesOneLog(string program, string log, string other)
    {
        var carried = Closure(program);
        Assert.Contains(log, carried);
        Assert.DoesNotContain(other, carried);
    }

    private static HashSet<string> Closure(string program)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>([program]);
        while (open.TryPop(out var project))
        {
            if (!found.Add(project))
                continue;
            foreach (var reference in XDocument.Load(RepositoryFolder.PathOf("services", project, $"{project}.csproj")).Descendants("ProjectReference"))
                open.Push(Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        }
        return found;
    }
}
