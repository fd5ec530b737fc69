using System.Text;
using Tidemark.Aggregator.Loading;
using Tidemark.Aggregator.Plans;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>An import that is taken back, as one topic partition says it: its rows before the stored <paramref name="Offset"/> go, what comes after is not of this generation.</summary>
internal sealed record UndoMark(string Project, string Import, int Generation, TopicPartition Source, long Offset, long UndoneAtMs)
{
    /// <summary>True for a record that makes a mark. A batch begins at it: so no owner of the partition sends a batch again whose rows the undo deletes.</summary>
    public static bool Is(ReadOnlySpan<byte> message) => ImportUndo.Is(message);

    /// <summary><see cref="InvalidDataException"/> for a damaged record.</summary>
    public static UndoMark Of(in LogRecord record, TopicPartition source, TopicLife life)
    {
        var undo = ImportUndo.Decode(record.Value);
        var generation = ImportGeneration.Of(undo.ImportId);
        return generation < 0
            ? throw new InvalidDataException("an undo of an import that is not one")
            : new UndoMark(Encoding.UTF8.GetString(undo.Project), Encoding.UTF8.GetString(ImportGeneration.NameOf(undo.ImportId)), generation, source, life.Stored(record.Offset), undo.UndoneAt);
    }
}
