using System.Buffers;
using System.Globalization;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Rows;
using Tidemark.Aggregator.Tables;
using Tidemark.Contracts.Events;

namespace Tidemark.Local.Export;

/// <summary>
/// Writes the rows of the table <c>events</c> as NDJSON: project by project, day by day, visitor by visitor, a visitor's in the order of time. That is the table's own order, so ClickHouse sorts
/// next to nothing and neither side holds more than a few blocks. What is loaded after the beginning is left out; the same rows give the same bytes, so that a second import of them is known as such.
/// </summary>
internal sealed class TableExport
{
    private const int FlushBytes = 256 << 10;

    /// <summary>A collector takes 32 KiB of JSON for an event; a row that is longer than this is no row.</summary>
    private const int LongestRow = 16 << 20;

    private readonly ClickHouseClient _clickHouse;
    private readonly TableRows _rows;
    private readonly EventLine _line = new();
    private readonly MapBlocks _maps = new();
    private readonly ArrayBufferWriter<byte> _output = new(2 * FlushBytes);
    private byte[] _buffer = new byte[1 << 20];

    private TableExport(ClickHouseClient clickHouse, TableRows rows, ExportCounts counts) => (_clickHouse, _rows, Counts) = (clickHouse, rows, counts);

    /// <summary>An export of what the table holds now.</summary>
    /// <exception cref="ClickHouseException">ClickHouse cannot or will not answer.</exception>
    /// <exception cref="CommandFailedException">There is no such project.</exception>
    public static async Task<TableExport> OpenAsync(ClickHouseClient clickHouse, ExportSettings settings, CancellationToken cancellation)
    {
        var rows = await TableRows.CountAsync(clickHouse, settings, cancellation);
        var counts = new ExportCounts { Outside = rows.Outside, Late = rows.Late, Projects = [.. rows.Slices.Select(slice => slice.Project).Distinct()] };
        return new TableExport(clickHouse, rows, counts);
    }

    /// <summary>Events that will be written.</summary>
    public long Records => _rows.Slices.Sum(slice => slice.Rows);

    public ExportCounts Counts { get; }

    /// <summary>Share of the events written so far; called now and then.</summary>
    public Action<double>? OnProgress { get; set; }

    /// <exception cref="ClickHouseException">The answer broke off.</exception>
    /// <exception cref="CommandFailedException">The table changed meanwhile.</exception>
    public async Task WriteAsync(Stream output, CancellationToken cancellation)
    {
        foreach (var slice in _rows.Slices)
        {
            var before = Counts.Events;
            await WriteAsync(slice, output, cancellation);
            if (Counts.Events - before != slice.Rows)
            {
                throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture,
                    $"the table events changed while it was read ({Counts.Events - before} events instead of {slice.Rows} of project {slice.Project} from {slice.First} to {slice.Last}): an import was undone, or rows became older than the table keeps them; export again"));
            }
        }
        await FlushAsync(output, cancellation);
    }

    private async Task WriteAsync(TableSlice slice, Stream output, CancellationToken cancellation)
    {
        using var answer = await _clickHouse.OpenAsync(
            _rows.Select, cancellation, ("param_project", slice.Project), ("param_first", slice.First), ("param_last", slice.Last));
        var count = 0;
        while (true)
        {
            if (count == _buffer.Length)
                Grow();
            var read = await answer.ReadAsync(_buffer.AsMemory(count), cancellation);
            if (read == 0)
                break;
            count += read;
            var taken = Take(_buffer.AsSpan(0, count));
            _buffer.AsSpan(taken, count - taken).CopyTo(_buffer);
            count -= taken;
            OnProgress?.Invoke((double)Counts.Events / Records);
            if (_output.WrittenCount > FlushBytes)
                await FlushAsync(output, cancellation);
        }
        if (count > 0)
            throw new ClickHouseException($"ClickHouse's answer ends in the middle of a row, after {Counts.Events:N0} events", transient: true);
    }

    /// <summary>Takes the whole rows that there are; returns their bytes.</summary>
    private int Take(ReadOnlySpan<byte> rows)
    {
        var taken = 0;
        while (taken < rows.Length)
        {
            var row = new RowReader(rows[taken..], _maps);
            EventRow.Read(ref row, out var e);
            e.ImportId = row.Text();
            var isLive = row.Byte() == 0;
            if (row.IsShort)
                break;
            taken += row.Position;
            Counts.Events++;
            if (!_line.Write(in e, isLive, _output))
                Counts.TooLong++;
        }
        return taken;
    }

    private void Grow()
    {
        if (_buffer.Length >= LongestRow)
            throw new InvalidDataException("a row in ClickHouse's answer is longer than any event");
        Array.Resize(ref _buffer, 2 * _buffer.Length);
    }

    private async Task FlushAsync(Stream output, CancellationToken cancellation)
    {
        await output.WriteAsync(_output.WrittenMemory, cancellation);
        _output.ResetWrittenCount();
    }
}
