using System.Text;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Collector.Imports;

/// <summary>
/// The imports that the log knows, by the notes in the topic <c>imports</c>: read as far as they go whenever a question needs it, and kept. So every collector gives the same
/// answer, and one that starts knows what another had noted. Everything that asks or writes throws <see cref="LogException"/> when the log does not answer. What counts is decided by the records in <c>events.history</c> alone; the notes say which generation to send.
/// </summary>
internal sealed class ImportRegistry(IEventLog log, TimeProvider time) : IDisposable
{
    private static readonly TopicPartition _topic = new(Topics.Imports, 0);
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _reading = new(1);
    private readonly SemaphoreSlim _undoing = new(1);
    private readonly Lock _lock = new();
    private readonly ImportNotes _notes = new();
    private long _position = -1;

    /// <summary>
    /// Whether a generation of an import takes events, which is noted when it is the first time: <see cref="RejectCode.None"/>, or why not. Without waiting for an import that
    /// this collector knows already; what another took back meanwhile, the sessionizer leaves out.
    /// </summary>
    public ValueTask<RejectCode> OpenAsync(WriteKey key, ImportQuery import) =>
        Known(key.ProjectName, import.Name) is { State: ImportState.Opened or ImportState.Ended } known && known.Generation == import.Generation
            ? ValueTask.FromResult(RejectCode.None)
            : OpenSlowlyAsync(key, import.Name, import.Generation);

    /// <summary>Notes the end of a generation whose end marker stands in the log.</summary>
    public Task EndAsync(WriteKey key, ImportQuery import) =>
        Known(key.ProjectName, import.Name) is { State: ImportState.Ended } known && known.Generation == import.Generation
            ? Task.CompletedTask
            : NoteAsync(key, import.Name, import.Generation, ImportState.Ended);

    /// <summary>The imports of a project, or the one of a name; an undo that was cut off is finished first.</summary>
    public async Task<IReadOnlyList<KnownImport>> ListAsync(WriteKey key, string? name)
    {
        await ReadOnAsync();
        foreach (var cut in Of(key, name).Where(import => import.State == ImportState.Undoing))
            await UndoAsync(key, cut.Name, force: false);
        return Of(key, name);
    }

    /// <summary>Takes the present generation of an import back. The answer is given when every partition has the record of it.</summary>
    /// <param name="key">Names the project.</param>
    /// <param name="name">Of the import.</param>
    /// <param name="force">Also an import that no collector noted, such as one of a version that made no notes.</param>
    public async Task<(RejectCode Code, KnownImport? Undone)> UndoAsync(WriteKey key, string name, bool force)
    {
        await _undoing.WaitAsync();
        try
        {
            await ReadOnAsync();
            var known = Known(key.ProjectName, name) ?? (force ? new KnownImport(name, 0, ImportState.Opened) : null);
            if (known is null)
                return (RejectCode.UnknownImport, null);
            if (known.State == ImportState.Undone)
                return (RejectCode.AlreadyUndone, known);
            if (known.State != ImportState.Undoing)
                await NoteAsync(key, name, known.Generation, ImportState.Undoing);
            await MarkAsync(Topics.History, key, name, known.Generation);
            await MarkAsync(Topics.Rejected, key, name, known.Generation);
            await NoteAsync(key, name, known.Generation, ImportState.Undone);
            return (RejectCode.None, known);
        }
        finally
        {
            _undoing.Release();
        }
    }

    public void Dispose()
    {
        _reading.Dispose();
        _undoing.Dispose();
    }

    private async ValueTask<RejectCode> OpenSlowlyAsync(WriteKey key, string name, int generation)
    {
        await ReadOnAsync();
        if (Known(key.ProjectName, name) is { State: ImportState.Undoing })
            await UndoAsync(key, name, force: false);
        var known = Known(key.ProjectName, name);
        if (generation != (known?.Current ?? 0))
            return RejectCode.ImportUndone;
        if (known is not { State: ImportState.Opened or ImportState.Ended })
            await NoteAsync(key, name, generation, ImportState.Opened);
        return RejectCode.None;
    }

    private KnownImport? Known(string project, string name)
    {
        lock (_lock)
            return _notes.Find(project, name);
    }

    private IReadOnlyList<KnownImport> Of(WriteKey key, string? name)
    {
        lock (_lock)
            return name is null ? _notes.Of(key.ProjectName) : _notes.Find(key.ProjectName, name) is { } one ? [one] : [];
    }

    private async Task ReadOnAsync()
    {
        await _reading.WaitAsync();
        try
        {
            var range = await log.RangeAsync(_topic, CancellationToken.None);
            if (_position < range.Start)
                _position = range.Start;
            if (_position >= range.End)
                return;
            using var reader = log.OpenReader(_topic, _position);
            while (_position < range.End)
            {
                if (await reader.ReadAsync(_wait, CancellationToken.None))
                    Take(reader.Records);
                else if (reader.AtEnd)
                    break;
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    private void Take(in RecordSet records)
    {
        lock (_lock)
        {
            foreach (var record in records)
            {
                if (record.Offset < _position)
                    continue;
                _notes.Take(record.Value);
                _position = record.Offset + 1;
            }
        }
    }

    private async Task NoteAsync(WriteKey key, string name, int generation, ImportState state)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        using var append = log.NewAppend(Topics.Imports);
        var note = Note(key, name, generation, state, now);
        append.AddTo(0, Encoding.UTF8.GetBytes($"{key.ProjectName}\0{name}"), note, now);
        await log.AppendAsync(append, CancellationToken.None);
        lock (_lock)
            _notes.Take(note);
    }

    private static byte[] Note(WriteKey key, string name, int generation, ImportState state, long now)
    {
        var note = new ImportNote { Project = key.Project, Import = Encoding.ASCII.GetBytes(name), Generation = generation, State = state, NotedAt = now };
        var message = new byte[note.MaxLength];
        return message[..note.Encode(message)];
    }

    /// <summary>Puts the undo into every partition of a topic.</summary>
    private async Task MarkAsync(string topic, WriteKey key, string name, int generation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var importId = ImportGeneration.IdOf(Encoding.ASCII.GetBytes(name), generation);
        var message = Undo(key, importId, now);
        using var append = log.NewAppend(topic);
        for (var partition = 0; partition < append.PartitionCount; partition++)
            append.AddTo(partition, importId, message, now);
        await log.AppendAsync(append, CancellationToken.None);
    }

    private static byte[] Undo(WriteKey key, byte[] importId, long now)
    {
        var undo = new ImportUndo { Project = key.Project, ImportId = importId, UndoneAt = now };
        var message = new byte[undo.MaxLength];
        return message[..undo.Encode(message)];
    }
}
