using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Doors;

/// <summary>What a door has to say: a body for 200, or the reason why not.</summary>
internal readonly record struct DoorResult(byte[]? Answer, RejectCode Code)
{
    public static implicit operator DoorResult(RejectCode code) => new(null, code);

    public static implicit operator DoorResult(byte[] answer) => new(answer, RejectCode.None);
}
