using System.Runtime.InteropServices;

namespace Tidemark.EventLog.Kafka.Native;

/// <summary>rd_kafka_message_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RdMessage
{
    internal int Error;
    internal nint Topic;
    internal int Partition;
    internal byte* Value;
    internal nuint ValueLength;
    internal byte* Key;
    internal nuint KeyLength;
    internal long Offset;
    internal nint Opaque;
}

/// <summary>rd_kafka_vu_t: one argument of a produce call.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal unsafe struct RdField
{
    [FieldOffset(0)]
    internal RdFieldKind Kind;

    [FieldOffset(8)]
    internal nint Pointer;

    [FieldOffset(8)]
    internal int Number;

    [FieldOffset(8)]
    internal long LongNumber;

    /// <summary>Of a pointer with a length; a header's value.</summary>
    [FieldOffset(16)]
    internal nuint Length;

    [FieldOffset(16)]
    internal byte* HeaderValue;

    [FieldOffset(24)]
    internal nint HeaderLength;
}

/// <summary>rd_kafka_vtype_t.</summary>
internal enum RdFieldKind
{
    Topic = 2,
    Partition = 3,
    Value = 4,
    Key = 5,
    Opaque = 6,
    Flags = 7,
    Timestamp = 8,
    Header = 9,
}

/// <summary>The error codes that are told apart here.</summary>
internal static class RdError
{
    internal const int Destroyed = -197;
    internal const int PartitionEnd = -191;
    internal const int TimedOut = -192;
    internal const int AllBrokersDown = -187;
    internal const int QueueFull = -184;
    internal const int Fatal = -150;
    internal const int AutoOffsetReset = -140;
    internal const int LogTruncation = -139;
    internal const int OffsetOutOfRange = 1;
}
