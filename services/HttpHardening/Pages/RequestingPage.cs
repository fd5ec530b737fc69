namespace Tidemark.HttpHardening.Pages;

/// <summary>Whose page a browser made a request for.</summary>
public enum RequestingPage
{
    /// <summary>No page's: a program's, or an address that somebody typed.</summary>
    None,

    /// <summary>A page of this very host and port.</summary>
    Own,

    /// <summary>A page that this machine serves under another name or port.</summary>
    Loopback,

    /// <summary>A page from elsewhere, or one that hides its origin.</summary>
    Foreign,
}
