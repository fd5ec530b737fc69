using System.ComponentModel.DataAnnotations;
using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.ServiceDefaults.Tests.Configuration;

public enum Colour
{
    Red,
    Green,
}

/// <summary>One property of every kind that options may have.</summary>
public sealed record TestOptions
{
    public required string Name { get; init; }

    public int Count { get; init; } = 3;

    public long? Bytes { get; init; }

    public double Share { get; init; } = 0.5;

    public bool On { get; init; }

    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan? Limit { get; init; }

    public Uri? Target { get; init; }

    public Colour Colour { get; init; }

    [DataType(DataType.Password)]
    public string Password { get; init; } = "";

    public IReadOnlyList<string> Origins { get; init; } = [];

    public IReadOnlyList<TestItem> Items { get; init; } = [];

    internal static OptionSection Section { get; } = OptionSection.Of<TestOptions>("Test", static o => o.Count > 100 ? [$"Count is {o.Count}, not up to 100"] : []);
}

public sealed record TestItem
{
    public required string Title { get; init; }

    [DataType(DataType.Password)]
    public required string Key { get; init; }

    public int Size { get; init; } = 1;
}
