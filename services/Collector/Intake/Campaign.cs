using System.Text.Unicode;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Intake;

/// <summary>The campaign: <c>context.campaign</c> when it says anything, else the <c>utm_</c> parameters of the page's address.</summary>
internal static class Campaign
{
    /// <param name="scratch">At least as long as the URL or the search; decoded values are put there.</param>
    internal static void Fill(in RawEvent raw, ReadOnlySpan<byte> url, ReadOnlySpan<byte> search, Span<byte> scratch, ref EventFields e)
    {
        e.UtmSource = raw.CampaignSource;
        e.UtmMedium = raw.CampaignMedium;
        e.UtmCampaign = raw.CampaignName;
        e.UtmTerm = raw.CampaignTerm;
        e.UtmContent = raw.CampaignContent;
        if (!e.UtmSource.IsEmpty || !e.UtmMedium.IsEmpty || !e.UtmCampaign.IsEmpty || !e.UtmTerm.IsEmpty || !e.UtmContent.IsEmpty)
            return;
        var query = PageAddress.QueryOf(url);
        if (query.IsEmpty)
            query = search.StartsWith("?"u8) ? search[1..] : search;
        if (query.IndexOf("utm_"u8) < 0)
            return;
        while (!query.IsEmpty)
        {
            var end = query.IndexOf((byte)'&');
            var pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            var equals = pair.IndexOf((byte)'=');
            if (equals > 0 && pair.StartsWith("utm_"u8))
                Parameter(pair[4..equals], pair[(equals + 1)..], ref scratch, ref e);
        }
    }

    private static void Parameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, scoped ref Span<byte> scratch, ref EventFields e)
    {
        if (name.SequenceEqual("source"u8))
            e.UtmSource = Decode(value, ref scratch);
        else if (name.SequenceEqual("medium"u8))
            e.UtmMedium = Decode(value, ref scratch);
        else if (name.SequenceEqual("campaign"u8))
            e.UtmCampaign = Decode(value, ref scratch);
        else if (name.SequenceEqual("term"u8))
            e.UtmTerm = Decode(value, ref scratch);
        else if (name.SequenceEqual("content"u8))
            e.UtmContent = Decode(value, ref scratch);
    }

    /// <summary>Form decoding ('+' and %hh); a value that is no UTF-8 or has a NUL afterwards stays as it was sent.</summary>
    private static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> value, scoped ref Span<byte> scratch)
    {
        if (value.IndexOfAny((byte)'+', (byte)'%') < 0)
            return value;
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var b = value[i];
            if (b == '%' && i + 2 < value.Length && Hex(value[i + 1]) is var high and >= 0 && Hex(value[i + 2]) is var low and >= 0)
            {
                b = (byte)(high << 4 | low);
                i += 2;
            }
            else if (b == '+')
                b = (byte)' ';
            scratch[length++] = b;
        }
        ReadOnlySpan<byte> decoded = scratch[..length];
        if (!Utf8.IsValid(decoded) || decoded.IndexOf((byte)0) >= 0)
            return value;
        scratch = scratch[length..];
        return decoded;
    }

    private static int Hex(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
