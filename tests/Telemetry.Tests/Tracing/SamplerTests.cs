using System.Diagnostics;
using OpenTelemetry.Trace;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Telemetry.Tests.Tracing;

public sealed class SamplerTests
{
    private static readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();

    [Fact]
    public void Root_IsSampledByTheRatio()
    {
        Assert.False(Samples(0, default));
        Assert.True(Samples(1, default));
        // 10,000 draws at 0.2: 1,600 and 2,400 are ten standard deviations away.
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => Samples(0.2, default)), 1_600, 2_400);
    }

    [Fact]
    public void Caller_WhoAsksForIt_GetsTheRatioOnly_WhateverItsTraceId()
    {
        var asks = Parent(ActivityTraceFlags.Recorded, remote: true);
        Assert.False(Samples(0, asks));
        Assert.True(Samples(1, asks));
        // The same trace id each time: the caller cannot pick one that is always taken.
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => Samples(0.2, asks)), 1_600, 2_400);
    }

    [Fact]
    public void Caller_WhoDoesNotWantIt_IsObeyed() => Assert.False(Samples(1, Parent(ActivityTraceFlags.None, remote: true)));

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, 0, true)]
    [InlineData(ActivityTraceFlags.None, 1, false)]
    public void SpanWithinTheProcess_FollowsItsParent(ActivityTraceFlags flags, double ratio, bool expected) =>
        Assert.Equal(expected, Samples(ratio, Parent(flags, remote: false)));

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, true)]
    [InlineData(ActivityTraceFlags.None, false)]
    public void Batch_WithASampledRequestInIt_IsSampled(ActivityTraceFlags flags, bool expected) =>
        Assert.Equal(expected, Samples(0, default, new ActivityLink(Parent(ActivityTraceFlags.None, remote: true)), new ActivityLink(Parent(flags, remote: true))));

    private static ActivityContext Parent(ActivityTraceFlags flags, bool remote) => new(_trace, ActivitySpanId.CreateRandom(), flags, null, remote);

    private static bool Samples(double ratio, ActivityContext parent, params ActivityLink[] links) =>
        new RatioSampler(ratio, Random.Shared).ShouldSample(new SamplingParameters(parent, _trace, "s", ActivityKind.Server, null, links)).Decision == SamplingDecision.RecordAndSample;
}
