using System.IO.Compression;

namespace Tidemark.Local.Export;

/// <summary>
/// The file that an export goes to, packed when its name ends in .gz. It has its name only when it is whole: until then it is a temporary file beside it.
/// </summary>
internal sealed class ExportFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _file;

    public ExportFile(string path)
    {
        _path = Path.GetFullPath(path);
        if (File.Exists(_path) || Directory.Exists(_path))
            throw new CommandFailedException($"{Quoted.Text(path)} is there already: choose another name, or remove it first");
        _temporary = $"{_path}.{Environment.ProcessId}.part";
        try
        {
            _file = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{Quoted.Text(path)} cannot be written: {Quoted.Text(e.Message)}");
        }
        Stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(_file, CompressionLevel.Fastest, leaveOpen: true) : _file;
    }

    public Stream Stream { get; }

    /// <summary>Everything is written: gives the file its name. Returns its size in bytes.</summary>
    public long Finish()
    {
        if (Stream != _file)
            Stream.Dispose();
        _file.Flush(flushToDisk: true);
        var length = _file.Length;
        _file.Dispose();
        File.Move(_temporary, _path);
        return length;
    }

    public void Dispose()
    {
        try
        {
            if (Stream != _file)
                Stream.Dispose();
            _file.Dispose();
        }
        catch (IOException)
        {
            // The disk is full, and what did not get there is not wanted any more.
        }
        File.Delete(_temporary);
    }
}
