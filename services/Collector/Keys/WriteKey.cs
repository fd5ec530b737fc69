using System.Text;

namespace Tidemark.Collector.Keys;

/// <summary>A valid write key without its secret.</summary>
internal sealed record WriteKey(byte[] Project, bool History, TokenBucket? Rate, bool WellKnown = false)
{
    /// <summary>The project as text.</summary>
    internal string ProjectName { get; } = Encoding.UTF8.GetString(Project);
}
