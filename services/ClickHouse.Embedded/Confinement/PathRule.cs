namespace Tidemark.ClickHouse.Embedded.Confinement;

/// <summary>A file, or a folder with all that is in it, and what may be done there.</summary>
internal readonly record struct PathRule(string Path, FileAccessRights Rights);

/// <summary>Landlock's rights by the kernel's bits (linux/landlock.h).</summary>
[Flags]
internal enum FileAccessRights : ulong
{
    None = 0,
    Execute = 1 << 0,
    WriteFile = 1 << 1,
    ReadFile = 1 << 2,
    ReadFolder = 1 << 3,
    RemoveFolder = 1 << 4,
    RemoveFile = 1 << 5,
    MakeCharacterDevice = 1 << 6,
    MakeFolder = 1 << 7,
    MakeFile = 1 << 8,
    MakeSocket = 1 << 9,
    MakePipe = 1 << 10,
    MakeBlockDevice = 1 << 11,
    MakeLink = 1 << 12,
    MoveBetweenFolders = 1 << 13,
    Truncate = 1 << 14,
    ControlDevice = 1 << 15,

    Read = ReadFile | ReadFolder,

    /// <summary>What a database does in its own folder: no devices, no sockets, nothing executed.</summary>
    Work = Read | WriteFile | RemoveFolder | RemoveFile | MakeFolder | MakeFile | MakePipe | MakeLink | MoveBetweenFolders | Truncate,

    /// <summary>The only bits that a rule for a single file may have; the kernel refuses others.</summary>
    OfFiles = Execute | WriteFile | ReadFile | Truncate | ControlDevice,
}
