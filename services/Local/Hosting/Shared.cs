using Tidemark.EventLog;

namespace Tidemark.Local.Hosting;

/// <summary>The log for the services: the same log, but the container does not close it; the pipeline does, after its services have stopped.</summary>
internal sealed class Shared(IEventLog log) : ForwardingLog(log);
