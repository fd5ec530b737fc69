using Tidemark.EventLog.Kafka;

namespace Tidemark.EventLog.Tests.Kafka;

public sealed class KafkaLogOptionsTests
{
    [Theory]
    [InlineData("kafka:9092")]
    [InlineData("127.0.0.1:9092, broker-2.example.org:19092")]
    [InlineData("[::1]:9092")]
    [InlineData("PLAINTEXT://kafka:9092/")]
    [InlineData("SASL_SSL://kafka:9093")]
    [InlineData("my_kafka_1:9092")]
    public void Mistakes_Servers_None(string servers) => Assert.Empty(new KafkaLogOptions { BootstrapServers = servers }.Mistakes());

    [Theory]
    [InlineData("http://kafka:9092")]
    [InlineData("kafka")]
    [InlineData("kafka:9092,other")]
    [InlineData("kafka:0")]
    [InlineData("kafka:70000")]
    [InlineData("kafka:9092/topic")]
    [InlineData(":9092")]
    public void Mistakes_NoServer_IsNamed(string servers) =>
        Assert.Contains("give \"host:port\"", Assert.Single(new KafkaLogOptions { BootstrapServers = servers }.Mistakes()), StringComparison.Ordinal);
}
