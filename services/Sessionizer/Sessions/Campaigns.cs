using System.Buffers;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>The five campaign texts as one interned text: they come together and repeat together.</summary>
internal static class Campaigns
{
    public static int Intern(in EventFields e, TextPool texts)
    {
        var length = e.UtmSource.Length + e.UtmMedium.Length + e.UtmCampaign.Length + e.UtmTerm.Length + e.UtmContent.Length + 5 * 5;
        byte[]? rented = null;
        var buffer = length <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(length);
        var writer = new AvroWriter(buffer);
        writer.Bytes(e.UtmSource);
        writer.Bytes(e.UtmMedium);
        writer.Bytes(e.UtmCampaign);
        writer.Bytes(e.UtmTerm);
        writer.Bytes(e.UtmContent);
        var text = texts.Intern(buffer[..writer.Length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    public static void Fill(ReadOnlySpan<byte> campaign, ref SessionFields row)
    {
        if (campaign.IsEmpty)
            return;
        var reader = new AvroReader(campaign);
        row.UtmSource = reader.Bytes();
        row.UtmMedium = reader.Bytes();
        row.UtmCampaign = reader.Bytes();
        row.UtmTerm = reader.Bytes();
        row.UtmContent = reader.Bytes();
    }
}
