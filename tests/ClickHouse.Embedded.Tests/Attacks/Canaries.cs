using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>
/// What an attack would touch: files of many kinds with a secret in them, empty folders, a program, a port. A look tells what
/// happened to them since the last one.
/// </summary>
internal sealed class Canaries : IDisposable
{
    // zlib, an SQLite database: one table t (a TEXT), its one row is the word that is replaced.
    const string Sqlite = "eNoLDvTJLElVSMsvyk0sUTBmYGJgZGRwUFBgYAAyIRgGGIGYBY1PCDAx6CUz8oIUM95iAKJRQDegwsgmzs/PaFmSmJSTWlLC5Bzk6hjiqhDi6OTjqlCikahQklpRogmJmzsMQDQKhhlQYmTydXb0cwyKNMAJAMgWGuA=";
    const string SqliteWord = "CANARY00000000000000000000000000";

    readonly string _root;
    readonly FileWatch _watch;
    readonly CanaryListener _listener = new();
    readonly Dictionary<string, (string Hash, DateTime Time)> _before;

    public Canaries(string root)
    {
        _root = root;
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(EmptyFolder);
        Directory.CreateDirectory(LogFolder);
        Directory.CreateDirectory(Path.Combine(root, "marks"));
        Make();
        _before = Read();
        _watch = new FileWatch([root, .. Directory.GetDirectories(root, "*", SearchOption.AllDirectories).Where(folder => !folder.StartsWith(EngineFolder, StringComparison.Ordinal))]);
    }

    /// <summary>Stands in every canary file, in the clear.</summary>
    public string Secret { get; } = "CANARY" + Convert.ToHexString(RandomNumberGenerator.GetBytes(13));

    public string EngineFolder => Path.Combine(_root, "data", "engine");

    /// <summary>Beside the engine's own, in the data folder: where the local edition has its log.</summary>
    public string LogFolder => Path.Combine(_root, "data", "log");

    public string Folder => Path.Combine(_root, "outside");

    public string EmptyFolder => Path.Combine(_root, "empty");

    public string File => At("canary.txt");

    public int Port => _listener.Port;

    /// <summary>A file of the canary folder, which need not be there.</summary>
    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>What was read, written, made or visited since the last look; empty when all is as it was.</summary>
    public IReadOnlyList<string> Look(IEnumerable<string> answers)
    {
        // The engine opens its own folders, which lie in a watched one.
        var found = new List<string>(_watch.Drain().Where(what => !what.StartsWith(EngineFolder + " ", StringComparison.Ordinal) && !what.StartsWith(EngineFolder + "-config ", StringComparison.Ordinal)));
        found.AddRange(_listener.Drain().Distinct());
        var now = Read();
        _watch.Drain(); // The look's own reading.
        found.AddRange(now.Keys.Except(_before.Keys).Select(path => $"{path} was made"));
        found.AddRange(_before.Keys.Except(now.Keys).Select(path => $"{path} was deleted"));
        found.AddRange(_before.Where(entry => now.TryGetValue(entry.Key, out var file) && file != entry.Value).Select(entry => $"{entry.Key} was changed"));
        if (answers.Any(Leaks))
            found.Add("an answer has the secret of a file");
        if (found.Exists(what => what.EndsWith(" was made", StringComparison.Ordinal) || what.EndsWith(" was changed", StringComparison.Ordinal) || what.EndsWith(" was deleted", StringComparison.Ordinal)))
            Repair(now);
        return found;
    }

    /// <summary>Whether a text has the secret: as it is, in hexadecimal, or in Base64 at any offset.</summary>
    public bool Leaks(string text) => Forms(Secret).Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase));

    public void Dispose()
    {
        _watch.Dispose();
        _listener.Dispose();
    }

    internal static IEnumerable<string> Forms(string secret)
    {
        yield return secret;
        yield return Convert.ToHexString(Encoding.UTF8.GetBytes(secret));
        // The first and last characters depend on what stands around.
        for (var offset = 0; offset < 3; offset++)
            yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('_', offset) + secret))[4..^4];
    }

    void Make()
    {
        System.IO.File.WriteAllText(File, Secret + "\n");
        System.IO.File.WriteAllText(Path.Combine(LogFolder, "000001.log"), Secret + "\n");
        System.IO.File.WriteAllText(Path.Combine(LogFolder, "CURRENT"), "MANIFEST-000001\n");
        foreach (var (name, text) in CanaryFiles.Texts(Secret, Path.Combine(_root, "marks", "ran")))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
            System.IO.File.WriteAllText(At(name), text);
        }

        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(At("program.sh"), (UnixFileMode)0x1ED);
        using (var inflate = new ZLibStream(new MemoryStream(Convert.FromBase64String(Sqlite)), CompressionMode.Decompress))
        using (var database = new MemoryStream())
        {
            inflate.CopyTo(database);
            var bytes = Encoding.Latin1.GetString(database.ToArray()).Replace(SqliteWord, Secret, StringComparison.Ordinal);
            System.IO.File.WriteAllBytes(At("canary.sqlite"), Encoding.Latin1.GetBytes(bytes));
        }

        using var zip = ZipFile.Open(At("canary.zip"), ZipArchiveMode.Create);
        zip.CreateEntryFromFile(File, "canary.txt");
        using var gzip = new GZipStream(System.IO.File.Create(At("canary.txt.gz")), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(Secret + "\n"));
    }

    Dictionary<string, (string, DateTime)> Read() => Directory.EnumerateFileSystemEntries(_root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        .Where(path => !path.StartsWith(EngineFolder, StringComparison.Ordinal))
        .ToDictionary(path => path, path => Directory.Exists(path)
            ? ("folder", DateTime.MinValue)
            : (Convert.ToHexString(SHA256.HashData(System.IO.File.ReadAllBytes(path))), System.IO.File.GetLastWriteTimeUtc(path)));

    // The next attack must find what this one found.
    void Repair(Dictionary<string, (string, DateTime)> now)
    {
        foreach (var path in now.Keys.Except(_before.Keys).OrderDescending(StringComparer.Ordinal))
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                System.IO.File.Delete(path);
        foreach (var archive in (string[])["canary.zip", "canary.txt.gz"])
            System.IO.File.Delete(At(archive));
        Make();
        foreach (var (path, entry) in Read())
            _before[path] = entry;
        _watch.Drain();
    }
}
