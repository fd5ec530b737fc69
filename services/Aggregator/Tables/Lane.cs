namespace Tidemark.Aggregator.Tables;

/// <summary>Which topic an event came over; the values are those of the column.</summary>
internal enum Lane : byte
{
    Live,
    History,
}
