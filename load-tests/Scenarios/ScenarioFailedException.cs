namespace Tidemark.LoadTests.Scenarios;

/// <summary>What a scenario was to show did not show; the message says what did.</summary>
internal sealed class ScenarioFailedException(string message) : Exception(message);
