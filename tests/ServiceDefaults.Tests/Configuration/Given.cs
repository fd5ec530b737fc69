using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.ServiceDefaults.Tests.Configuration;

/// <summary>A folder with an appsettings.json and other files, and what is on the command line.</summary>
internal sealed class Given : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("tidemark-settings-").FullName;

    internal List<string> Mistakes { get; } = [];

    internal string File(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    internal TestOptions? Read(params string[] arguments) => Read(TestOptions.Section, arguments)?.Get<TestOptions>();

    internal BoundOptions? Read(OptionSection section, params string[] arguments) =>
        ServiceConfiguration.Read([section], CommandLine.Parse(arguments, Mistakes), Folder, Mistakes);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
