namespace Tidemark.Aggregator.Migrations;

/// <summary>The database is not one that this version can go on with; the message says what to do.</summary>
public sealed class MigrationException(string message) : Exception(message);
