using Tidemark.Collector.IntakeTopic;
using Tidemark.Collector.Keys;
using Tidemark.Contracts;

namespace Tidemark.Collector.Intake;

/// <summary>What a request says about all of its events.</summary>
/// <param name="Key">The write key, and with it the project.</param>
/// <param name="Lane">Live or history.</param>
/// <param name="ImportId">Import of the history lane with its generation (<see cref="Contracts.Imports.ImportGeneration"/>); empty otherwise.</param>
/// <param name="PlaceIds">True when events without a message id are identified by import and place in the file.</param>
/// <param name="ReceivedAt">Milliseconds since 1970 UTC.</param>
/// <param name="UserAgent">The browser that sent the request, for events that name none; empty when it is no browser or not the visitor's.</param>
/// <param name="Door">Path or topic as it stands in rejected events.</param>
internal sealed record EventSource(WriteKey Key, Lane Lane, byte[] ImportId, bool PlaceIds, long ReceivedAt, byte[] UserAgent, byte[] Door)
{
    /// <summary>Of the intake topic: the message being read, which says of every event by itself what a request says of all; null at the HTTP doors.</summary>
    internal TopicMessage? Message { get; init; }
}
