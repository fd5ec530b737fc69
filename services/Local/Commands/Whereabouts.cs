using Tidemark.Local.Hosting;

namespace Tidemark.Local.Commands;

/// <summary>Says where things are, in a few lines.</summary>
internal static class Whereabouts
{
    public static void Print(TextWriter output, InstanceInfo instance)
    {
        output.WriteLine($"events  POST {instance.Http}v1/events   (write key: {LocalPipeline.Key})");
        output.WriteLine($"SQL     {instance.Sql}   (ClickHouse over HTTP; user reader, no password, database tidemark)");
        output.WriteLine($"health  {instance.Http}health/ready   metrics {instance.Http}metrics");
        output.WriteLine($"data    {instance.Data}");
    }
}
