using System.Text;
using Tidemark.HttpHardening.Pages;

namespace Tidemark.Collector.Keys;

/// <summary>A valid write key without its secret.</summary>
/// <param name="Project">Of its events.</param>
/// <param name="History">Whether it may post to the history.</param>
/// <param name="Rate">What it may send; null: whatever it likes.</param>
/// <param name="WellKnown">Whether the key is no secret.</param>
/// <param name="Origins">The only origins whose pages may use it; null: by the general rule.</param>
internal sealed record WriteKey(byte[] Project, bool History, TokenBucket? Rate, bool WellKnown = false, AllowedOrigins? Origins = null)
{
    /// <summary>The project as text.</summary>
    internal string ProjectName { get; } = Encoding.UTF8.GetString(Project);
}
