using System.Diagnostics.Metrics;

namespace Tidemark.Sessionizer.Tests.Simulation;

internal sealed class TestMeters : IMeterFactory
{
    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}
