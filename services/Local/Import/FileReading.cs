using System.Security.Cryptography;
using System.Text;
using Tidemark.Local.Configuration;
using Tidemark.Local.Import.AccessLog;
using Tidemark.Local.Import.Csv;
using Tidemark.Local.Import.Ndjson;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Sorting;
using Tidemark.Local.Import.Source;

namespace Tidemark.Local.Import;

/// <summary>What was read of a file: its events in order, and everything that the rest of the import has to know.</summary>
/// <param name="Events">The events, to be read once.</param>
/// <param name="Rows">What became of the records.</param>
/// <param name="ImportId">Id of the import.</param>
/// <param name="IsNamed">True when somebody chose the id; false when it is a hash of project and content.</param>
internal sealed record FileContent(EventSorter Events, RowSink Rows, string ImportId, bool IsNamed = false) : IDisposable
{
    public void Dispose() => Events.Dispose();
}

/// <summary>
/// Reads a whole file, before anything is sent: bytes (<see cref="SourceFile"/>) → lines (<see cref="LineReader"/>) → events (by format) → order
/// (<see cref="EventSorter"/>). A file that is not the format, or that is cut, ends here.
/// </summary>
internal sealed class FileReading(ImportSettings settings, string project, string temporaryFolder, Func<byte[]> visitorKey)
{
    /// <summary>Share of the file read (NaN where its size is not known), and lines rejected so far; called now and then.</summary>
    public Action<double, long>? OnProgress { get; init; }

    public FileContent Read(CancellationToken cancellation)
    {
        using var source = SourceFile.Open(settings.File);
        var sorter = new EventSorter(temporaryFolder);
        try
        {
            var rows = new RowSink(sorter);
            using (var watched = new Watched(source, rows, OnProgress, cancellation))
            {
                ReadRows(watched, rows);
                // Whatever the reader left: it counts for the hash, and a cut end must show.
                watched.CopyTo(Stream.Null);
            }
            Refuse(rows);
            return new FileContent(sorter, rows, settings.ImportId ?? IdOf(project, source.ContentHash()), settings.ImportId is not null);
        }
        catch
        {
            sorter.Dispose();
            throw;
        }
    }

    private void ReadRows(Stream text, RowSink rows)
    {
        switch (settings.Format)
        {
            case ImportFormat.Csv:
                var lines = new LineReader(text);
                if (CsvHeader.Read(lines, settings.Map, settings.Delimiter) is { } header)
                {
                    using var csv = new CsvRows(header, settings.Unit);
                    csv.Read(lines, rows);
                }
                break;
            case ImportFormat.Ndjson:
                new NdjsonRows(settings.Map, settings.Unit).Read(text, rows);
                break;
            default:
                using (var log = new AccessLogRows(new VisitorPseudonym(visitorKey())))
                    log.Read(new LineReader(text), rows);
                break;
        }
    }

    // A log in which no request has a path is a log all the same, and there is nothing to do.
    private void Refuse(RowSink rows)
    {
        if (rows.Accepted > 0 || !rows.Rejected.Any || (settings.Format == ImportFormat.AccessLog && rows.InFormat > 0))
            return;
        var reasons = rows.Rejected.ByCode.Take(3).Select(r => $"{Rejections.Meaning(r.Code)} (line {r.First[0]}{(r.Count > 1 ? $" and {r.Count - 1:N0} more" : "")})");
        throw new CommandFailedException($"no line of the file can be imported as {settings.Format.Name()}: {string.Join("; ", reasons)} (nothing was imported)");
    }

    /// <summary>The default id: 32 hex digits of a hash over project and content, so that the same content is the same import.</summary>
    internal static string IdOf(string project, byte[] contentHash)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(project));
        hash.AppendData([0]);
        hash.AppendData(contentHash);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>Looks at the clock and the token every block.</summary>
    private sealed class Watched(SourceFile source, RowSink rows, Action<double, long>? progress, CancellationToken cancellation) : ReadOnlyStream
    {
        private double Share => source.BytesOnDisk switch
        {
            null => double.NaN,
            0 => 1,
            { } size => (double)source.BytesRead / size,
        };

        public override int Read(Span<byte> buffer)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(Share, rows.Rejected.Count);
            return source.Text.Read(buffer);
        }
    }
}
