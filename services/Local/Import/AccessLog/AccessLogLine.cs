using Tidemark.Contracts.Events;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Import.AccessLog;

/// <summary>
/// One line of a web server's log, read to its end by one of the known layouts, which is decided for each line:
/// <code>
/// PREFIX [TIME] "REQUEST" STATUS SIZE                                    common; numbers may follow (times of the request)
/// PREFIX [TIME] "REQUEST" STATUS SIZE "REFERRER" "AGENT"                 combined; further fields may follow, quoted or not
/// PREFIX [TIME] "REQUEST" STATUS SIZE "REFERRER" "AGENT" "FORWARDED" …   combined as nginx's packages have it (main): X-Forwarded-For, or "-"
/// PREFIX [TIME] "REQUEST" STATUS SIZE - "AGENT" COUNT …                  combined as Traefik writes it without a referrer
/// "LINE"                                                                 any of them in one more pair of quotes, as OpenLiteSpeed writes it
/// </code>
/// PREFIX is what <see cref="LogAddress"/> reads; where FORWARDED names a client, the address in PREFIX is that of a proxy. Any other line is no such line: who reads a part of it would lose the agent, and with it tell visitors apart wrongly.
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
        // No client begins with a quote, so the quote is the line's own.
        if (line.Length > 1 && line[0] == '"' && line[^1] == '"')
            line = line[1..^1];
        var at = LogTime.Find(line, out Time);
        if (at < 0 || !LogAddress.TryFind(line[..(at - 1)], out Address, out VirtualHost))
            return Rejection.NotAnAccessLogLine;
        var rest = line[(at + LogTime.Length)..];
        if (!Blanks(ref rest) || !QuotedField.TryTake(ref rest, out Request) || !Blanks(ref rest) || !TryStatusAndSize(ref rest) || !TryRest(rest))
            return Rejection.NotAnAccessLogLine;
        Referrer = Present(Referrer);
        Agent = Present(Agent);
        return EventTimes.IsInRange(Time) ? null : Rejection.TimeRange;
    }

    private bool TryStatusAndSize(scoped ref ReadOnlySpan<byte> rest)
    {
        Status = UpToBlank(ref rest);
        if (Status.Length != 3 || Status.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 || !Blanks(ref rest))
            return false;
        Size = UpToBlank(ref rest);
        if (Size.SequenceEqual("-"u8))
        {
            Size = default;
            return true;
        }
        return !Size.IsEmpty && Size.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    /// <summary>What stands behind the size, up to the end of the line.</summary>
    private bool TryRest(ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimEnd((byte)' ');
        if (rest.IsEmpty)
            return true;
        if (!Blanks(ref rest))
            return false;
        if (IsNumber(rest[0]))
            return AreNumbers(rest);
        // Behind a bare "-" stands Traefik's agent, and then a count: a quoted field there would mean that the "-" was no referrer.
        var bare = rest[0] == '-';
        return TryField(ref rest, out Referrer) && Blanks(ref rest) && TryField(ref rest, out Agent) && TryFields(rest, bare);
    }

    private static bool TryField(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> field)
    {
        if (!rest.IsEmpty && rest[0] == '"')
            return QuotedField.TryTake(ref rest, out field);
        field = UpToBlank(ref rest);
        return field.SequenceEqual("-"u8);
    }

    /// <summary>
    /// Fields that nobody asks for: quoted, or without a quote; but the first one may name the client. A quote inside of one is where something was cut, or was not escaped.
    /// </summary>
    private bool TryFields(ReadOnlySpan<byte> rest, bool countFirst)
    {
        for (var first = true; !rest.IsEmpty; first = false)
        {
            if (!Blanks(ref rest) || (first && countFirst && !IsNumber(rest[0])))
                return false;
            if (rest[0] != '"')
            {
                if (UpToBlank(ref rest).Contains((byte)'"'))
                    return false;
                continue;
            }
            if (!QuotedField.TryTake(ref rest, out var field))
                return false;
            if (first && LogAddress.TryForwarded(field, out var client))
                Address = client;
        }
        return true;
    }

    /// <summary>Numbers up to the end, each with its unit or without: then the line has no agent that could be lost.</summary>
    private static bool AreNumbers(ReadOnlySpan<byte> rest)
    {
        do
        {
            var number = UpToBlank(ref rest);
            if (number.IsEmpty || !IsNumber(number[0]) || number.TrimStart("0123456789."u8) is not ([] or [(byte)'s'] or [(byte)'m' or (byte)'u', (byte)'s']))
                return false;
        }
        while (Blanks(ref rest));
        return rest.IsEmpty;
    }

    private static bool IsNumber(byte b) => b is >= (byte)'0' and <= (byte)'9';

    private static ReadOnlySpan<byte> UpToBlank(scoped ref ReadOnlySpan<byte> rest)
    {
        var blank = rest.IndexOf((byte)' ');
        var text = blank < 0 ? rest : rest[..blank];
        rest = rest[text.Length..];
        return text;
    }

    /// <summary>One blank or more; none of the fields behind the time can be empty without quotes, so a second blank says nothing.</summary>
    private static bool Blanks(scoped ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest[0] != ' ')
            return false;
        rest = rest.TrimStart((byte)' ');
        return true;
    }

    private static ReadOnlySpan<byte> Present(ReadOnlySpan<byte> field) => field.SequenceEqual("-"u8) ? default : field;
}
