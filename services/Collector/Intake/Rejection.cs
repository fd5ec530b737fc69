using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Intake;

/// <summary>An event that was refused: its place in the request, and where it stands in the body.</summary>
internal readonly record struct Rejection(int Index, RejectCode Code, int Start, int Length);
