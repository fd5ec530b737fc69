using System.Text.Json;
using System.Text.Json.Serialization;
using Tidemark.Local.Configuration;

namespace Tidemark.Local.Hosting;

/// <summary>What the process that works on a data folder says about itself, in the folder and at <c>/v1/instance</c>, so that import and sql find it.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Command">run, demo, import, engine: an import only serves itself and ends soon.</param>
/// <param name="HttpPort">Port of the collector; null when there is none (engine).</param>
/// <param name="SqlPort">Port of the engine; 0 when there is none.</param>
/// <param name="Partitions">Partitions of the log; 0 when there is none.</param>
/// <param name="Data">The folder.</param>
internal sealed record InstanceInfo(int ProcessId, string Command, int? HttpPort, int SqlPort, int Partitions, string Data)
{
    /// <summary>Address of the ClickHouse server that is used instead of an engine; null when there is an engine. Never with user or password.</summary>
    public Uri? ClickHouse { get; init; }

    /// <summary>The pipeline's database.</summary>
    public string Database { get; init; } = "tidemark";

    [JsonIgnore]
    public bool IsServing => Command is "run" or "demo";

    [JsonIgnore]
    public Uri? Http => HttpPort is { } port ? new Uri($"http://127.0.0.1:{port}") : null;

    [JsonIgnore]
    public Uri Sql => ClickHouse ?? new Uri($"http://127.0.0.1:{SqlPort}");

    public void Write()
    {
        var path = DataFolder.InstanceFile(Data);
        var temporary = $"{path}.{ProcessId}";
        // Not through a link that somebody has laid there.
        File.Delete(temporary);
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(this, InstanceJson.Default.InstanceInfo));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>What the folder's process wrote; null when there is none, or none yet.</summary>
    public static InstanceInfo? Read(string data)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(DataFolder.InstanceFile(data)), InstanceJson.Default.InstanceInfo);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InstanceInfo))]
internal sealed partial class InstanceJson : JsonSerializerContext;
