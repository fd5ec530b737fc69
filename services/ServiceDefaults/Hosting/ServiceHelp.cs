using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.ServiceDefaults.Hosting;

internal static class ServiceHelp
{
    internal static string Text(ServiceDefinition service, HostedLog log)
    {
        var program = service.Program;
        return $"""
            {service.Summary}

            usage: {program} [--config FILE] [--Section:Key=value ...]   run until SIGTERM or Ctrl-C
                   {program} health [...]                                ask the running one whether it is ready; status 0 or 1
                   {program} --help | --version

            Settings come from appsettings.json beside the program, from --config FILE, from the environment (Section__Key=value) and from the
            command line; later ones win. In files they are JSON objects: {"{"}"Section": {"{"}"Key": "value"{"}"}{"}"}. Lists: Section:Key:0, Section:Key:1, ...; in the
            environment also one text with commas. An empty text is no value. Durations: 500ms, 30s, 30m, 2h, 1.00:00:00.
            {OptionHelp.Table(service.AllSections(log))}
            """;
    }
}
