using System.Globalization;
using ClickHouse.Driver.ADO;
using ClickHouse.Driver.Utility;
using Tidemark.EndToEnd.Tests.Product;

namespace Tidemark.EndToEnd.Tests.Clients;

[Collection(nameof(RunningProduct))]
public sealed class DriverTests(RunningProduct product)
{
    [Fact]
    public async Task ClickHouse_Driver_reads_typed_rows_with_parameters()
    {
        await product.PostAsync("/v1/events", """{"type":"page","anonymousId":"driver","properties":{"path":"/driver"},"messageId":"driver-1"}""");
        await product.EventuallyAsync("SELECT count() FROM events WHERE visitor_id = 'driver'", "1");
        await using var connection = new ClickHouseConnection(
            string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={product.Process.SqlPort};Database=tidemark;Username=reader;Compression=true"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT visitor_id, page, occurred_at, event_id, properties FROM events WHERE visitor_id = {v:String}";
        command.AddParameter("v", "driver");
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal("driver", reader.GetString(0));
        Assert.Equal("/driver", reader.GetString(1));
        Assert.True(Math.Abs((DateTime.UtcNow - reader.GetDateTime(2)).TotalMinutes) < 5);
        Assert.IsType<ulong>(reader.GetValue(3));
        Assert.False(await reader.ReadAsync());
    }
}
