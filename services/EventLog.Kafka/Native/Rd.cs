using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tidemark.EventLog.Kafka.Native;

/// <summary>
/// What is called of librdkafka (rdkafka.h, 2.16) where Confluent.Kafka would allocate for every record: producing, and reading partitions without a group.
/// Calls that only look at a struct skip the transition of the garbage collector.
/// </summary>
internal static unsafe partial class Rd
{
    internal const int Producer = 0;
    internal const int Consumer = 1;
    internal const int MessageCopy = 0x2;

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_conf_new")]
    internal static partial nint ConfNew();

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ConfSet(nint conf, string name, string value, byte* error, nuint size);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_conf_destroy")]
    internal static partial void ConfDestroy(nint conf);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_conf_set_opaque")]
    internal static partial void ConfSetOpaque(nint conf, nint opaque);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_conf_set_log_cb")]
    internal static partial void ConfSetLog(nint conf, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> log);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_conf_set_error_cb")]
    internal static partial void ConfSetError(nint conf, delegate* unmanaged[Cdecl]<nint, int, byte*, nint, void> error);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_conf_set_dr_msg_cb")]
    internal static partial void ConfSetDelivery(nint conf, delegate* unmanaged[Cdecl]<nint, RdMessage*, nint, void> delivered);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_new")]
    internal static partial nint New(int type, nint conf, byte* error, nuint size);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_destroy")]
    internal static partial void Destroy(nint client);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_opaque")]
    internal static partial nint Opaque(nint client);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_poll")]
    internal static partial int Poll(nint client, int timeoutMs);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_flush")]
    internal static partial int Flush(nint client, int timeoutMs);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_purge")]
    internal static partial int Purge(nint client, int flags);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_test_fatal_error", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int TestFatalError(nint client, int error, string reason);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_err2str")]
    internal static partial byte* ErrorText(int error);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_last_error")]
    internal static partial int LastError();

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint TopicNew(nint client, string name, nint conf);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_topic_destroy")]
    internal static partial void TopicDestroy(nint topic);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_produceva")]
    internal static partial nint Produce(nint client, RdField* fields, nuint count);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_error_code")]
    [SuppressGCTransition]
    internal static partial int ErrorCode(nint error);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_error_destroy")]
    internal static partial void ErrorDestroy(nint error);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_queue_new")]
    internal static partial nint QueueNew(nint client);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_queue_destroy")]
    internal static partial void QueueDestroy(nint queue);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_queue_cb_event_enable")]
    internal static partial void QueueOnData(nint queue, delegate* unmanaged[Cdecl]<nint, nint, void> callback, nint opaque);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_consume_start_queue")]
    internal static partial int ConsumeStart(nint topic, int partition, long offset, nint queue);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_consume_stop")]
    internal static partial int ConsumeStop(nint topic, int partition);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_seek")]
    internal static partial int Seek(nint topic, int partition, long offset, int timeoutMs);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_consume_batch_queue")]
    internal static partial nint ConsumeBatch(nint queue, int timeoutMs, RdMessage** messages, nuint size);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_message_destroy")]
    internal static partial void MessageDestroy(RdMessage* message);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_message_timestamp")]
    [SuppressGCTransition]
    internal static partial long MessageTimestamp(RdMessage* message, int* type);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_message_headers")]
    internal static partial int MessageHeaders(RdMessage* message, nint* headers);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_header_get_last")]
    internal static partial int HeaderGetLast(nint headers, byte* name, void** value, nuint* size);

    [LibraryImport(KafkaLibrary.Name, EntryPoint = "rd_kafka_get_watermark_offsets")]
    internal static partial int Watermarks(nint client, byte* topic, int partition, long* low, long* high);

    internal static string Text(int error) => Text(ErrorText(error));

    internal static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
