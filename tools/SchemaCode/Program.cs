using Tidemark.SchemaCode;

// dotnet run --project tools/SchemaCode, in the repository: writes the files that are generated from schemas/, keeps new versions under schemas/history, and names what changed.
if (Repository.Root(Environment.CurrentDirectory) is not { } root)
{
    Console.Error.WriteLine("no schemas/event.avsc in this folder or one above it: run this inside the repository");
    return 1;
}
try
{
    foreach (var (path, text) in GeneratedFiles.Of(Path.Combine(root, "schemas")))
    {
        var file = Path.Combine(root, path);
        if (File.Exists(file) && File.ReadAllText(file) == text)
            continue;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        Console.WriteLine(path);
    }
    foreach (var (path, text) in GeneratedFiles.NewVersions(root))
    {
        var file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        Console.WriteLine(path);
    }
    foreach (var path in GeneratedFiles.Leftovers(root))
        Console.WriteLine($"{path} is not generated from any schema: delete it");
    return 0;
}
catch (SchemaException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
