namespace Tidemark.Contracts;

/// <summary>Names of the topics; what travels over each is defined in <c>schemas/</c>.</summary>
public static class Topics
{
    /// <summary>Accepted events of the live lane (Event), keyed by visitor.</summary>
    public const string Events = "events";

    /// <summary>Accepted events of the history lane (Event), keyed by visitor; end markers (ImportEnd) and undos (ImportUndo) of imports in every partition.</summary>
    public const string History = "events.history";

    /// <summary>
    /// Events that producers send over Kafka instead of HTTP, one or more to a message: JSON as for HTTP, or an Event in Avro. The collector reads it and puts
    /// what passes its checks to <see cref="Events"/>. Its own keys decide nothing.
    /// </summary>
    public const string Intake = "events.intake";

    /// <summary>What the doors know of each import (ImportNote): a few records for each, in one partition, kept for ever.</summary>
    public const string Imports = "imports";

    /// <summary>What the doors refused (RejectedEvent), and undos of imports (ImportUndo) in every partition.</summary>
    public const string Rejected = "events.rejected";

    /// <summary>Accepted events that came too late for their session (LateEvent), and undos of imports (ImportUndo).</summary>
    public const string Late = "events.late";

    /// <summary>Signed session rows (Session), ImportClosed and ImportUndo; output partition = input partition.</summary>
    public const string Sessions = "sessions";

    /// <summary>Open sessions of the live lane (LiveSession), compacted.</summary>
    public const string LiveSessions = "sessions.live";

    /// <summary>The sessionizer's commit records (SessionizerCommit); partition = input partition.</summary>
    public const string SessionizerState = "sessionizer.state";
}
