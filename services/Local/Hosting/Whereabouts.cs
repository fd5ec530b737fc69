using Tidemark.Local.Configuration;

namespace Tidemark.Local.Hosting;

/// <summary>Says where things are, in a few lines.</summary>
internal static class Whereabouts
{
    public static void Print(TextWriter output, InstanceInfo instance, LocalOptions options)
    {
        var key = ReadyProject.KeyOf(options.Collector) == ReadyProject.Key ? $"write key: {ReadyProject.Key}" : "write keys: those of the option projects";
        output.WriteLine($"events  POST {instance.Http}v1/events   ({key})");
        output.WriteLine(instance.ClickHouse is null
            ? $"SQL     {instance.Sql}   (ClickHouse over HTTP; user reader, no password, database {instance.Database})"
            : $"SQL     {instance.Sql}   (your ClickHouse, by its own users; database {instance.Database}; no SQL port is opened here)");
        output.WriteLine($"health  {instance.Http}health/ready   metrics {instance.Http}metrics");
        output.WriteLine($"data    {instance.Data}");
    }
}
