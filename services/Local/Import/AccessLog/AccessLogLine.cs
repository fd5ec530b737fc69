using Tidemark.Contracts.Events;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Import.AccessLog;

/// <summary>
/// One line of a web server's log in the common or the combined format, decided for each line, with an optional virtual host in front and further fields behind.
/// All spans are over the line, quoted fields still escaped.
/// </summary>
internal ref struct AccessLogLine
{
    public ReadOnlySpan<byte> VirtualHost;
    public ReadOnlySpan<byte> Address;
    public long Time;
    public ReadOnlySpan<byte> Request;
    public ReadOnlySpan<byte> Status;

    /// <summary>Bytes sent; empty for "-".</summary>
    public ReadOnlySpan<byte> Size;

    /// <summary>Empty when absent: the common format, "-" and "".</summary>
    public ReadOnlySpan<byte> Referrer;
    public ReadOnlySpan<byte> Agent;

    public Rejection? Read(ReadOnlySpan<byte> line)
    {
        // What copy and truncate leaves in front of the first line after it.
        line = line.TrimStart((byte)0);
        var at = LogTime.Find(line, out Time);
        if (at < 0 || !LogAddress.TryFind(line[..(at - 1)], out Address, out VirtualHost))
            return Rejection.NotAnAccessLogLine;
        var rest = line[(at + LogTime.Length)..];
        if (!Blank(ref rest) || !QuotedField.TryTake(ref rest, out Request) || !Blank(ref rest) || !TryStatusAndSize(ref rest))
            return Rejection.NotAnAccessLogLine;
        if (Blank(ref rest) && !rest.IsEmpty && rest[0] == '"'
            && (!QuotedField.TryTake(ref rest, out Referrer) || !Blank(ref rest) || !QuotedField.TryTake(ref rest, out Agent)))
            return Rejection.NotAnAccessLogLine;
        Referrer = Present(Referrer);
        Agent = Present(Agent);
        return EventTimes.IsInRange(Time) ? null : Rejection.TimeRange;
    }

    private bool TryStatusAndSize(scoped ref ReadOnlySpan<byte> rest)
    {
        Status = UpToBlank(ref rest);
        if (Status.Length != 3 || Status.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 || !Blank(ref rest))
            return false;
        Size = UpToBlank(ref rest);
        if (Size.SequenceEqual("-"u8))
        {
            Size = default;
            return true;
        }
        return !Size.IsEmpty && Size.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    private static ReadOnlySpan<byte> UpToBlank(scoped ref ReadOnlySpan<byte> rest)
    {
        var blank = rest.IndexOf((byte)' ');
        var text = blank < 0 ? rest : rest[..blank];
        rest = rest[text.Length..];
        return text;
    }

    private static bool Blank(scoped ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest[0] != ' ')
            return false;
        rest = rest[1..];
        return true;
    }

    private static ReadOnlySpan<byte> Present(ReadOnlySpan<byte> field) => field.SequenceEqual("-"u8) ? default : field;
}
