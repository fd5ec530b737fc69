namespace Tidemark.Contracts.Sessions;

/// <summary>All fields of a signed session row as spans; documented in <c>schemas/session.avsc</c>; times are milliseconds since 1970 UTC.</summary>
public ref struct SessionFields
{
    public ReadOnlySpan<byte> Project;
    public long SessionId;
    public ReadOnlySpan<byte> VisitorId;
    public int Version;
    public int Sign;
    public ReadOnlySpan<byte> UserId;
    public bool SeveralUsers;
    public long StartedAt;
    public long EndedAt;
    public int Events;
    public int Pages;
    public int Actions;
    public int Errors;
    public ReadOnlySpan<byte> EntryPage;
    public ReadOnlySpan<byte> ExitPage;
    public ReadOnlySpan<byte> Referrer;
    public ReadOnlySpan<byte> UtmSource;
    public ReadOnlySpan<byte> UtmMedium;
    public ReadOnlySpan<byte> UtmCampaign;
    public ReadOnlySpan<byte> UtmTerm;
    public ReadOnlySpan<byte> UtmContent;
    public ReadOnlySpan<byte> Device;
    public bool Bounce;
    public CloseReason CloseReason;
    public bool Continued;
    public ReadOnlySpan<long> Absorbed;
    public ReadOnlySpan<byte> ImportId;
    public bool History;
}
