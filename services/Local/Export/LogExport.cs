using System.Buffers;
using System.Text;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Local.Export;

/// <summary>
/// Writes the accepted events of a log as NDJSON: topic by topic and partition by partition, as far as the log went when it began, waiting for the
/// sessionizer's decision about the newest. The same log gives the same bytes, so that a second import of them is known as such.
/// </summary>
internal sealed class LogExport
{
    private const int FlushBytes = 256 << 10;

    private readonly IEventLog _log;
    private readonly ExportSettings _settings;
    private readonly List<(TopicPartition Partition, LogRange Range)> _inputs = [];
    private readonly ImportNotes _imports = new();
    private readonly EventLine _line = new();
    private readonly ArrayBufferWriter<byte> _output = new(2 * FlushBytes);

    private byte[] _lastImport = [];
    private byte[] _lastProject = [];
    private bool _lastIsUndone;

    private LogExport(IEventLog log, ExportSettings settings) => (_log, _settings) = (log, settings);

    /// <summary>An export of what the log holds now.</summary>
    public static async Task<LogExport> OpenAsync(IEventLog log, ExportSettings settings, CancellationToken cancellation)
    {
        var export = new LogExport(log, settings);
        foreach (var topic in (string[])[Topics.Events, Topics.History])
        {
            for (var i = 0; i < log.PartitionCount(topic); i++)
            {
                var partition = new TopicPartition(topic, i);
                export._inputs.Add((partition, await log.RangeAsync(partition, cancellation)));
            }
        }
        await export.ReadImportsAsync(cancellation);
        return export;
    }

    /// <summary>Records that will be read.</summary>
    public long Records => _inputs.Sum(input => input.Range.End - input.Range.Start);

    public ExportCounts Counts { get; } = new();

    /// <summary>Share of the records read so far; called now and then.</summary>
    public Action<double>? OnProgress { get; set; }

    public async Task WriteAsync(Stream output, CancellationToken cancellation)
    {
        long before = 0;
        foreach (var (partition, range) in _inputs)
        {
            await WriteAsync(partition, range, before, output, cancellation);
            before += range.End - range.Start;
        }
        await FlushAsync(output, cancellation);
    }

    /// <summary>Which imports were taken back: of those nothing is exported.</summary>
    private async Task ReadImportsAsync(CancellationToken cancellation)
    {
        var topic = new TopicPartition(Topics.Imports, 0);
        var range = await _log.RangeAsync(topic, cancellation);
        using var reader = _log.OpenReader(topic, range.Start);
        while (reader.Position < range.End)
        {
            if (!await reader.ReadAsync(TimeSpan.FromSeconds(1), cancellation))
                continue;
            foreach (var record in reader.Records)
                _imports.Take(record.Value);
        }
    }

    private async Task WriteAsync(TopicPartition partition, LogRange range, long before, Stream output, CancellationToken cancellation)
    {
        using var decisions = await Decisions.OpenAsync(_log, partition, cancellation);
        using var reader = _log.OpenReader(partition, range.Start);
        SessionizerCommit? commit = null;
        var skips = new SkipCursor([]);
        long read = 0;
        for (var position = range.Start; position < range.End;)
        {
            if (commit is null || commit.ToOffset <= position)
            {
                commit = await decisions.NextAsync(position, cancellation);
                skips = new SkipCursor(commit.Skipped);
            }
            while (read <= position)
            {
                if (await reader.ReadAsync(TimeSpan.FromSeconds(1), cancellation))
                    read = reader.Records.BaseOffset + reader.Records.Count;
            }
            position = Take(reader.Records, partition.Topic == Topics.Events, position, Math.Min(commit.ToOffset, range.End), ref skips);
            OnProgress?.Invoke((double)(before + position - range.Start) / Records);
            if (_output.WrittenCount > FlushBytes)
                await FlushAsync(output, cancellation);
        }
    }

    /// <summary>Takes the records from a position up to an end; returns the position after them.</summary>
    private long Take(RecordSet records, bool isLive, long from, long to, ref SkipCursor skips)
    {
        foreach (var record in records)
        {
            if (record.Offset < from)
                continue;
            if (record.Offset >= to)
                return to;
            from = record.Offset + 1;
            switch (skips.Reason(record.Offset))
            {
                case null when EventFields.Is(record.Value):
                    Take(record.Value, isLive);
                    break;
                case SkipReason.Duplicate:
                    Counts.Duplicates++;
                    break;
                case SkipReason.Late:
                    Counts.Late++;
                    break;
                default:
                    // Ends and undos of imports, and what nobody could read.
                    break;
            }
        }
        return from;
    }

    private void Take(ReadOnlySpan<byte> message, bool isLive)
    {
        EventFields.Decode(message, out var e);
        if (!e.ImportId.IsEmpty && IsUndone(e))
        {
            Counts.Undone++;
            return;
        }
        if (e.OccurredAt < _settings.From || e.OccurredAt >= _settings.To)
        {
            Counts.Outside++;
            return;
        }
        Counts.Events++;
        if (!_line.Write(in e, isLive, _output))
            Counts.TooLong++;
    }

    private bool IsUndone(in EventFields e)
    {
        if (!_lastImport.AsSpan().SequenceEqual(e.ImportId) || !_lastProject.AsSpan().SequenceEqual(e.Project))
        {
            (_lastImport, _lastProject) = (e.ImportId.ToArray(), e.Project.ToArray());
            var name = Encoding.UTF8.GetString(ImportGeneration.NameOf(e.ImportId));
            _lastIsUndone = ImportGeneration.Of(e.ImportId) < (_imports.Find(Encoding.UTF8.GetString(e.Project), name)?.Current ?? 0);
        }
        return _lastIsUndone;
    }

    private async Task FlushAsync(Stream output, CancellationToken cancellation)
    {
        await output.WriteAsync(_output.WrittenMemory, cancellation);
        _output.ResetWrittenCount();
    }

    /// <summary>Walks the ranges of one commit record along with the offsets.</summary>
    private struct SkipCursor(IReadOnlyList<SkippedRange> ranges)
    {
        private int _at;

        public SkipReason? Reason(long offset)
        {
            while (_at < ranges.Count && ranges[_at].Offset + ranges[_at].Count <= offset)
                _at++;
            return _at < ranges.Count && offset >= ranges[_at].Offset ? ranges[_at].Reason : null;
        }
    }
}
