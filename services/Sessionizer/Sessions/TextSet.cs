namespace Tidemark.Sessionizer.Sessions;

/// <summary>Some of the texts of <see cref="FirstText"/>, a bit for each.</summary>
[Flags]
internal enum TextSet : uint
{
    None = 0,
    Device = 1 << FirstText.Device,
    Browser = 1 << FirstText.Browser,
    Os = 1 << FirstText.Os,
    AppVersion = 1 << FirstText.AppVersion,
    Referrer = 1 << FirstText.Referrer,
    Campaign = 1 << FirstText.Campaign,
}
