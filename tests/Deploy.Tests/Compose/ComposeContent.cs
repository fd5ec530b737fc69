using YamlDotNet.Serialization;

namespace Tidemark.Deploy.Tests.Compose;

/// <summary>What the tests look at, under the names of the Compose specification.</summary>
public sealed class ComposeContent
{
    public Dictionary<string, ComposeService> Services { get; set; } = [];

    public Dictionary<string, object?> Networks { get; set; } = [];

    public Dictionary<string, object?> Volumes { get; set; } = [];
}

public sealed class ComposeService
{
    public string Image { get; set; } = "";

    public ComposeBuild? Build { get; set; }

    public string PullPolicy { get; set; } = "";

    public string User { get; set; } = "";

    public string Restart { get; set; } = "";

    public bool ReadOnly { get; set; }

    public string NetworkMode { get; set; } = "";

    public List<string> CapDrop { get; set; } = [];

    public List<string> SecurityOpt { get; set; } = [];

    public List<string> Entrypoint { get; set; } = [];

    public List<string> Command { get; set; } = [];

    public Dictionary<string, string?> Environment { get; set; } = [];

    public List<string> Ports { get; set; } = [];

    public List<string> Networks { get; set; } = [];

    public List<ComposeVolume> Volumes { get; set; } = [];

    public Dictionary<string, ComposeDependency> DependsOn { get; set; } = [];

    public ComposeHealth? Healthcheck { get; set; }

    public ComposeLog? Logging { get; set; }

    public ComposeDeploy? Deploy { get; set; }

    public string StopGracePeriod { get; set; } = "";
}

public sealed class ComposeBuild
{
    public string Context { get; set; } = "";

    public string Dockerfile { get; set; } = "";

    public string Target { get; set; } = "";
}

public sealed class ComposeVolume
{
    public string Type { get; set; } = "";

    public string Source { get; set; } = "";

    public string Target { get; set; } = "";

    public bool ReadOnly { get; set; }
}

public sealed class ComposeDependency
{
    public string Condition { get; set; } = "";
}

public sealed class ComposeHealth
{
    public List<string> Test { get; set; } = [];

    public string Interval { get; set; } = "";

    public string Timeout { get; set; } = "";

    public string StartPeriod { get; set; } = "";
}

public sealed class ComposeLog
{
    public string Driver { get; set; } = "";

    [YamlMember(Alias = "options")]
    public Dictionary<string, string> Settings { get; set; } = [];
}

public sealed class ComposeDeploy
{
    public ComposeResources Resources { get; set; } = new();
}

public sealed class ComposeResources
{
    public Dictionary<string, string> Limits { get; set; } = [];
}
