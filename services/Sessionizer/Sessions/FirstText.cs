namespace Tidemark.Sessionizer.Sessions;

/// <summary>Texts of which a session has the first that any of its events gives.</summary>
internal enum FirstText
{
    Device,
    Browser,
    Os,
    AppVersion,
    Referrer,

    /// <summary>The five texts of <see cref="Campaigns"/>.</summary>
    Campaign,
}
