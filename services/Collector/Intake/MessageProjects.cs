using System.Text;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Intake;

/// <summary>
/// Says to which project an event of the intake topic belongs: JSON by a valid <c>writeKey</c> of its own, Avro by the name of its project; what says nothing belongs to
/// <see cref="CollectorOptions.IntakeProject"/>, or to the only project there is. Who may write to the topic at all is Kafka's own matter. Used by one partition.
/// </summary>
internal sealed class MessageProjects(CollectorOptions options, WriteKeys keys)
{
    private static readonly BodyKey _writeKey = JsonKey.Member("writeKey");

    private readonly byte[][] _names = [.. options.Projects.Select(p => Encoding.UTF8.GetBytes(p.Name))];
    private readonly byte[] _default = Encoding.UTF8.GetBytes(options.IntakeProject ?? (options.Projects.Count == 1 ? options.Projects[0].Name : ""));

    // Neighbours mostly have the same key; a lookup computes an HMAC. Nobody hears how long it took, so an ordinary comparison is safe here.
    private readonly byte[] _lastKey = new byte[PresentedKey.MaxBytes];
    private int _lastLength;
    private byte[]? _lastProject;

    internal RejectCode Of(in RawEvent raw, out byte[] project)
    {
        if (raw.HasWriteKey)
        {
            project = OfKey(raw.WriteKey) ?? [];
            return project.Length == 0 ? RejectCode.WriteKey : RejectCode.None;
        }
        if (!raw.Project.IsEmpty)
        {
            project = OfName(raw.Project) ?? [];
            return project.Length == 0 ? RejectCode.Project : RejectCode.None;
        }
        project = _default;
        return project.Length > 0 ? RejectCode.None : raw.IsAvro ? RejectCode.Project : RejectCode.WriteKey;
    }

    /// <summary>The project that a refused event belongs to, however little of it could be read; empty when nobody's.</summary>
    internal byte[] OfRefused(ReadOnlySpan<byte> original)
    {
        if (AvroEventParser.IsAvro(original))
            return RefusedText.TryProject(original, out var name) ? OfName(name) ?? [] : _default;
        Span<byte> key = stackalloc byte[PresentedKey.MaxBytes];
        return _writeKey(original, key, out var length) ? OfKey(key[..length]) ?? [] : _default;
    }

    private byte[]? OfName(ReadOnlySpan<byte> name)
    {
        foreach (var known in _names)
        {
            if (name.SequenceEqual(known))
                return known;
        }
        return null;
    }

    private byte[]? OfKey(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
            return null;
        if (_lastProject is not null && key.SequenceEqual(_lastKey.AsSpan(0, _lastLength)))
            return _lastProject;
        if (keys.Find(key) is not { } found)
            return null;
        key.CopyTo(_lastKey);
        _lastLength = key.Length;
        return _lastProject = found.Project;
    }
}
