namespace Tidemark.Local.Hosting;

/// <summary>The part of the disk that the log may take when nobody says how much: a tenth, so that the tables have most of it.</summary>
internal static class LogShare
{
    /// <summary>Bytes; null when the system does not say how large the disk is.</summary>
    public static long? Of(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).TotalSize / 10;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
