using Tidemark.EventLog;

namespace Tidemark.Aggregator.Loading;

/// <summary>The topic is not the one that was loaded: it was deleted and made anew, or records are gone from it. Going on would take its new records for those loaded already.</summary>
internal sealed class TopicMadeAnewException(TopicPartition partition, string what, string howToBegin)
    : Exception($"{what}, so nothing of it is loaded: its new records would be taken for those that are loaded already. Restore topic {partition.Topic}{howToBegin}");
