namespace Tidemark.Local;

/// <summary>Ends the command with a status that is not 0; the message is the one line (or few) that says what is wrong and what to do.</summary>
internal sealed class CommandFailedException(string message, Exception? inner = null) : Exception(message, inner);
