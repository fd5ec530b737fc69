namespace Tidemark.Deploy.Tests.Monitoring;

/// <summary>What of prometheus.yml says whom it scrapes.</summary>
public sealed class PrometheusFile
{
    public List<PrometheusJob> ScrapeConfigs { get; set; } = [];
}

public sealed class PrometheusJob
{
    public List<PrometheusTargets> StaticConfigs { get; set; } = [];

    public List<PrometheusNames> DnsSdConfigs { get; set; } = [];
}

public sealed class PrometheusTargets
{
    public List<string> Targets { get; set; } = [];
}

public sealed class PrometheusNames
{
    public List<string> Names { get; set; } = [];

    public int Port { get; set; }
}
