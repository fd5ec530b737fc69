namespace Tidemark.Contracts;

/// <summary>The way that an event came in; streams of the two are cut into sessions apart. The values are those of the column <c>lane</c>.</summary>
public enum Lane : byte
{
    /// <summary>While it happened: topic <see cref="Topics.Events"/>.</summary>
    Live,

    /// <summary>Later, mostly with an import: topic <see cref="Topics.History"/>.</summary>
    History,
}
