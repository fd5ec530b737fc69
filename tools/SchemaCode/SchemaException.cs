namespace Tidemark.SchemaCode;

/// <summary>A schema that no code can be generated from; the message names the file and says why.</summary>
internal sealed class SchemaException(string message) : Exception(message);
