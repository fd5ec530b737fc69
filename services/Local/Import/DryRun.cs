using System.Globalization;
using System.Text;
using System.Text.Json;
using Tidemark.Collector;
using Tidemark.Collector.Intake;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Sorting;

namespace Tidemark.Local.Import;

/// <summary>
/// <c>import --dry-run</c>: what the first records of a file become, as the rows of the table <c>events</c>, and what the collector would say to all of them. Nothing is
/// started, sent or stored.
/// </summary>
internal static class DryRun
{
    /// <summary>Records shown: enough to see whether the mapping is right.</summary>
    public const int ShownRecords = 5;

    private const int LongestValue = 200;

    public static void Write(TextWriter output, FileContent content, string project, TimeProvider time, Random random)
    {
        using var preview = new HistoryPreview(new CollectorOptions(), project, content.ImportId, time, random);
        var first = new SortedSet<Shown>();
        long taken = 0;
        foreach (var one in content.Events.Sorted())
        {
            if (preview.Judge(one.Json.Span, out _) is { } code)
            {
                content.Rows.Rejected.Add(code, one.Line);
                continue;
            }
            taken++;
            Keep(first, one);
        }
        foreach (var (code, _, lines) in content.Rows.Rejected.ByCode)
        {
            foreach (var line in lines)
                first.Add(new Shown(line, 0, code, []));
        }
        foreach (var shown in first.Take(ShownRecords))
            Write(output, shown, preview);
        output.WriteLine();
        output.WriteLine($"would import {taken:N0} events of {ImportSummary.RecordsOf(content.Rows)} (import {content.ImportId}); nothing was stored");
        ImportSummary.WriteDropped(output, content.Rows);
    }

    /// <summary>Of the events, which come in the order of time, those that stand first in the file.</summary>
    private static void Keep(SortedSet<Shown> first, in SortedEvent one)
    {
        if (first.Count == ShownRecords && one.Line > first.Max.Line)
            return;
        first.Add(new Shown(one.Line, PlaceOf(one.Json), "", one.Json.ToArray()));
        if (first.Count > ShownRecords)
            first.Remove(first.Max);
    }

    private static long PlaceOf(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("_place").GetInt64();
    }

    private static void Write(TextWriter output, Shown shown, HistoryPreview preview)
    {
        if (shown.Rejection.Length > 0)
        {
            output.WriteLine($"line {shown.Line}: rejected, {shown.Rejection}: {Rejections.Meaning(shown.Rejection)}");
            return;
        }
        preview.Judge(shown.Json, out var e);
        output.WriteLine($"line {shown.Line}");
        Column("seq", e.Seq.ToString(CultureInfo.InvariantCulture));
        Column("occurred_at", DateTimeOffset.FromUnixTimeMilliseconds(e.OccurredAt).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        Column("visitor_id", Text(e.VisitorId));
        Column("user_id", Text(e.UserId));
        Column("type", e.Type.ToString().ToLowerInvariant());
        Column("event", Text(e.Event));
        Column("kind", e.Kind.ToString().ToLowerInvariant());
        Column("page", Text(e.Page));
        Column("url", Text(e.Url));
        Column("title", Text(e.Title));
        Column("referrer", Text(e.Referrer));
        Column("utm_source", Text(e.UtmSource));
        Column("utm_medium", Text(e.UtmMedium));
        Column("utm_campaign", Text(e.UtmCampaign));
        Column("utm_term", Text(e.UtmTerm));
        Column("utm_content", Text(e.UtmContent));
        Column("device", Text(e.Device));
        Column("browser", Text(e.Browser));
        Column("os", Text(e.Os));
        Column("app_version", Text(e.AppVersion));
        Column("locale", Text(e.Locale));
        Column("bot", e.Bot ? "true" : "");
        Column("message_id", Text(e.MessageId));
        Column("properties", Properties(e.Properties));

        void Column(string name, string value)
        {
            if (value.Length > 0)
                output.WriteLine($"  {name,-12} {Quoted.Text(value, LongestValue)}");
        }
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>As ClickHouse writes a map.</summary>
    private static string Properties(ReadOnlySpan<byte> encoded)
    {
        var texts = new List<string>();
        var properties = new AvroMapEnumerator(encoded);
        while (properties.MoveNext())
            texts.Add($"'{Text(properties.Key)}':'{Text(properties.Value)}'");
        return texts.Count == 0 ? "" : $"{{{string.Join(',', texts)}}}";
    }

    private readonly record struct Shown(long Line, long Place, string Rejection, byte[] Json) : IComparable<Shown>
    {
        public int CompareTo(Shown other) =>
            (Line, Place).CompareTo((other.Line, other.Place)) is var order && order != 0 ? order : string.CompareOrdinal(Rejection, other.Rejection);
    }
}
