using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Keys;

namespace Tidemark.Collector.Doors;

/// <summary>
/// A path that clients of one kind send to, and what they may ask for there. What is the same for all doors follows from it in <see cref="DoorPipeline"/>: method, limits, key, project,
/// page, refusal, CORS. A door is registered as a service of this type and is mapped with the others.
/// </summary>
internal abstract class Door(string path)
{
    /// <summary>With a slash in front and none at the end; one at the end of a request's path is the same door.</summary>
    internal string Path { get; } = path;

    /// <summary>The path as it stands in rejected events.</summary>
    internal byte[] Utf8Path { get; } = Encoding.ASCII.GetBytes(path);

    /// <summary>The one method that it takes beside OPTIONS. Default POST.</summary>
    internal virtual string Method => HttpMethods.Post;

    /// <summary>Where its clients put their write key. Default: where this product's own do.</summary>
    internal virtual KeyPlaces Key => KeyPlaces.Native;

    /// <summary>Whether the key needs the permission for the history. Default false.</summary>
    internal virtual bool History => false;

    /// <summary>Whether it reads the body; then a body in an unknown coding or charset is refused before anything is done. Default false.</summary>
    internal virtual bool ReadsBody => Key.Body is not null;

    /// <summary>Serves a request that may come in; where the key may be in the body, this has been read.</summary>
    internal abstract Task<DoorResult> HandleAsync(DoorRequest request);
}
