using Tidemark.ServiceDefaults.Configuration;
using Tidemark.ServiceDefaults.Hosting;

namespace Tidemark.Sessionizer.Hosting;

/// <summary>The sessionizer as a process of its own.</summary>
public static class SessionizerHost
{
    public static ServiceDefinition Definition { get; } = new()
    {
        Name = "sessionizer",
        Summary = "Turns the events of the log into sessions, exactly once.",
        Port = 8081,
        Sections = [OptionSection.Of<SessionizerOptions>("Sessionizer", static o => o.Mistakes())],
        Add = static (services, options) => services.AddSessionizer(options.Get<SessionizerOptions>()),
    };
}
