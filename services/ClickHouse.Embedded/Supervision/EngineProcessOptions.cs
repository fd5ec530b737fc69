namespace Tidemark.ClickHouse.Embedded.Supervision;

/// <summary>How the parent starts and watches its engine.</summary>
public sealed record EngineProcessOptions
{
    /// <summary>The executable, for example <c>dotnet</c> or the program itself.</summary>
    public required string FileName { get; init; }

    /// <summary>Its arguments; never a password.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Where the child listens once it is up; fixed, because clients come back to it after a restart.</summary>
    public required int Port { get; init; }

    /// <summary>Handed to the child as the first line of its standard input; one line. Empty: nobody can write.</summary>
    public required string WriterPassword
    {
        get;
        init => field = value.AsSpan().ContainsAny('\n', '\0') ? throw new ArgumentException("the writer's password must be one line", nameof(value)) : value;
    }

    /// <summary>From a start until /ping answers, else the start has failed. Default 120 s: a large folder loads its parts first.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>From the end of the pipe until the child is killed. Default 8 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The wait before the first restart, doubled for each that follows without a minute of health, up to 5 s. Default 100 ms.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromMilliseconds(100);
}
