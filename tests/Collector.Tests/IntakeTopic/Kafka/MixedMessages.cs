using System.Globalization;
using System.Text;

namespace Tidemark.Collector.Tests.IntakeTopic.Kafka;

/// <summary>Good and bad messages in an order, and what must come of them when they stand in one partition from offset 0 on.</summary>
internal sealed class MixedMessages(string sender)
{
    private readonly List<string> _accepted = [];
    private readonly List<string> _rejected = [];

    internal List<(byte[]? Value, string? Key)> All { get; } = [];

    /// <summary>Visitors of the events that must be in <c>events</c>, in order.</summary>
    internal IReadOnlyList<string> Accepted => _accepted;

    /// <summary>What must be in <c>events.rejected</c>, see <see cref="RefusedEvent.Place"/>.</summary>
    internal IEnumerable<string> Rejected(int partition) => _rejected.Select(r => string.Format(CultureInfo.InvariantCulture, r, partition));

    /// <summary>All that a line of text can carry.</summary>
    internal static MixedMessages OfLines(string sender, string? key)
    {
        var mixed = new MixedMessages(sender);
        mixed.Text(mixed.Good(), key);
        mixed.Text("not json", key, (-1, "json", ""));
        mixed.Text($$"""[{{mixed.Good()}},{"event":"e","writeKey":"live"},{{mixed.Good()}}]""", key, (1, "no_identity", "shop"));
        mixed.Text("", key, (-1, "empty_body", ""));
        mixed.Text("""{"event":"e","anonymousId":"x","writeKey":"nobody"}""", key, (0, "write_key", ""));
        mixed.Text($"[{mixed.Unsent()},", key, (-1, "json", ""));
        mixed.Text(new string('x', 2 << 20), key, (-1, "body_too_large", ""));
        mixed.Text(mixed.Good(), key);
        return mixed;
    }

    /// <summary>All that bytes can carry besides.</summary>
    internal static MixedMessages OfBytes(string sender)
    {
        var mixed = OfLines(sender, null);
        mixed.Text($"{mixed.Good()}\n5\n{mixed.Good()}", null, (1, "not_object", ""));
        mixed.Avro(project: "other");
        mixed.Refused(AvroMessage.Of(project: "foreign"), (0, "project", ""));
        mixed.Refused([0xC3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 9], (0, "schema", ""));
        mixed.Refused(AvroMessage.Of(project: "shop")[..40], (0, "avro", "shop"));
        mixed.Refused([0, 0, 0, 0, 1, 2], (-1, "json", ""));
        mixed.Refused(null, (-1, "empty_body", ""));
        mixed.Text(mixed.Good(), "somebody-else");
        return mixed;
    }

    private string Visitor() => string.Create(CultureInfo.InvariantCulture, $"{sender}-{_accepted.Count}");

    private string Good()
    {
        _accepted.Add(Visitor());
        return $$"""{"event":"e","anonymousId":"{{_accepted[^1]}}","writeKey":"live"}""";
    }

    private string Unsent() => $$"""{"event":"e","anonymousId":"{{Visitor()}}","writeKey":"live"}""";

    private void Avro(string project)
    {
        _accepted.Add(Visitor());
        All.Add((AvroMessage.Of(project: project, visitor: _accepted[^1], occurredAt: DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()), null));
    }

    private void Text(string text, string? key, params (int Index, string Code, string Project)[] refused) => Add(Encoding.UTF8.GetBytes(text), key, refused);

    private void Refused(byte[]? value, params (int Index, string Code, string Project)[] refused) => Add(value, null, refused);

    private void Add(byte[]? value, string? key, (int Index, string Code, string Project)[] refused)
    {
        foreach (var (index, code, project) in refused)
            _rejected.Add(string.Create(CultureInfo.InvariantCulture, $"{project} {{0}}@{All.Count}#{index}:{code}"));
        All.Add((value, key));
    }
}
