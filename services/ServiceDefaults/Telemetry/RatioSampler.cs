using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Tidemark.ServiceDefaults.Telemetry;

/// <summary>
/// Decides once per trace and keeps to it within the process. A caller's "not sampled" is obeyed; its "sampled" is a wish that gets the same ratio as everybody, by chance
/// and not by the trace id, which is the caller's to choose: so no client can make the service trace all it sends. A span that links to a traced one is traced; links come
/// from requests that passed here.
/// </summary>
internal sealed class RatioSampler(double ratio, Random chance) : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var known = parent.TraceId != default;
        if (known && !parent.IsRemote)
            return Answer(IsSampled(parent));
        if (known && !IsSampled(parent))
            return Answer(false);
        if (samplingParameters.Links is { } links)
        {
            foreach (var link in links)
            {
                if (IsSampled(link.Context))
                    return Answer(true);
            }
        }
        return Answer(chance.NextDouble() < ratio);
    }

    private static bool IsSampled(ActivityContext context) => (context.TraceFlags & ActivityTraceFlags.Recorded) != 0;

    private static SamplingResult Answer(bool sample) => new(sample ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}
