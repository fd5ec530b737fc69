using Tidemark.HttpHardening;

namespace Tidemark.ClickHouse.Embedded;

/// <summary>What the engine's process needs to know. Listens on 127.0.0.1 only.</summary>
public sealed record EngineOptions
{
    /// <summary>The folder of the engine's data; made when it is not there. One process at a time.</summary>
    public required string DataPath { get; init; }

    /// <summary>The folder of its configuration, which is written at every start and which the engine only reads. Default null: <see cref="DataPath"/> with <c>-config</c> added.</summary>
    public string? ConfigurationPath { get; init; }

    /// <summary>The HTTP port; 0 lets the system pick one. Default 8123, as ClickHouse's.</summary>
    public int Port { get; init; } = 8123;

    /// <summary>Names and addresses that requests may ask for, beside those of loopback. Default none.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins whose pages may query and read the answers; a page of any other is refused, pages of this machine included. Default none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>What the listener takes. Default <see cref="EngineDoors.Limits"/>.</summary>
    public DoorLimits Doors { get; init; } = EngineDoors.Limits;

    /// <summary>The password of the user <c>writer</c>; null: nobody can write.</summary>
    public string? WriterPassword { get; init; }

    /// <summary>What the engine may use in all, bytes. Default 1 GiB.</summary>
    public long MaxMemoryBytes { get; init; } = 1L << 30;

    /// <summary>What one query may use, bytes; no user can raise it. Default 0: nine tenths of what the engine may allocate, about two thirds of <see cref="MaxMemoryBytes"/>.</summary>
    public long MaxQueryMemoryBytes { get; init; }

    /// <summary>Queries of readers that have a turn side by side; more wait. Default 8.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>Queries of readers that run on after their turn while others wait; those beyond are stopped. Default 24.</summary>
    public int LongReaders { get; init; } = 24;

    /// <summary>Queries that may wait for their turn, of readers and of the writer each; one more is error 202. Default 800.</summary>
    public int WaitingQueries { get; init; } = 800;

    /// <summary>The longest that a reader's query may run; a request may set less. Default 10 min.</summary>
    public TimeSpan MaxExecutionTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a client may take none of its answer before it is cut off. Default 60 s.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Statements of the writer that run side by side. Default 6: the loader inserts into several tables at a time.</summary>
    public int Writers { get; init; } = 6;

    /// <summary>Threads for merges and mutations. Default 2.</summary>
    public int MergeThreads { get; init; } = 2;

    /// <summary>How long running queries may take to end at a stop. Default 5 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The database that queries without one use; made at start. Default <c>tidemark</c>.</summary>
    public string Database { get; init; } = "tidemark";

    /// <summary>What requests may hold in memory before and beside the engine: bodies, forms, answers that are waited for. An eighth of the whole.</summary>
    internal long RequestMemoryBytes => MaxMemoryBytes / 8;

    /// <summary>What the runtime's heap may have: three times what requests may hold.</summary>
    internal long RuntimeMemoryBytes => MaxMemoryBytes / 8 * 3;

    /// <summary>
    /// What the engine may allocate. Less than the whole: requests, the runtime and the library's own pages come on top, and what the engine frees stays in its process for a moment.
    /// </summary>
    internal long AllocatedBytes => MaxMemoryBytes / 4 * 3;

    /// <summary>What answers that are waited for (<c>wait_end_of_query</c>) may take of the disk together: 1 GiB.</summary>
    internal static long SpoolBytes => 1L << 30;

    /// <summary>
    /// Whether statements and settings are judged before the engine gets them. For tests only: off, they show that the confined process is kept from files
    /// and connections whatever SQL it is given. Default true.
    /// </summary>
    public bool DoorChecks { get; init; } = true;

    /// <summary>
    /// Whether the engine's own grants and constant settings hold. For tests only: off as well, nothing but the system's confinement is left. Default true.
    /// </summary>
    internal bool EngineChecks { get; init; } = true;

    internal long QueryMemoryBytes => MaxQueryMemoryBytes > 0 ? MaxQueryMemoryBytes : AllocatedBytes / 10 * 9;
}
