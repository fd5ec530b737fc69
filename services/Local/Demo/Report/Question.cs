namespace Tidemark.Local.Demo.Report;

/// <summary>A question the demo answers.</summary>
/// <param name="Title">The question in words.</param>
/// <param name="Sql">The query, in one line, to be typed again.</param>
internal sealed record Question(string Title, string Sql);
