using Tidemark.LoadTests.Product;

namespace Tidemark.LoadTests.Traffic;

/// <summary>A public data set on its way through the history lane of a cluster, with what must come of it.</summary>
internal interface IHistory
{
    string Name { get; }

    /// <summary>Events that must be stored, each once.</summary>
    int Events { get; }

    int Sessions { get; }

    /// <summary>SHA-256 of the expected sessions.</summary>
    string SessionsHash { get; }

    /// <summary>The hash of sessions as <see cref="SessionSet.Query"/> gives them, comparable with <see cref="SessionsHash"/>.</summary>
    string HashOf(IReadOnlyList<string> sessions);

    /// <summary>Sends all of it, through whatever happens on the way; returns when the end of the import is acknowledged.</summary>
    Task SendAsync(ClusterProduct product, CancellationToken cancellation);
}
