namespace Tidemark.Contracts.Sessions;

/// <summary>The rules of sessions; milliseconds.</summary>
public readonly record struct SessionSettings(long GapMs, long DisorderMs, long LatenessMs, long MaxDurationMs, int MaxEvents);

/// <summary>A project that has settings of its own.</summary>
public readonly record struct ProjectSettings(string Project, SessionSettings Settings);

/// <summary>Where an idle step moved the horizon of a project that has settings of its own.</summary>
public readonly record struct ProjectHorizon(string Project, long Horizon);
