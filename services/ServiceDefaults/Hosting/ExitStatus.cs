namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>What the process ends with; the numbers are those of sysexits.h where it has one.</summary>
internal static class ExitStatus
{
    internal const int Ok = 0;

    /// <summary>The health check's answer, and a stop that took longer than it may.</summary>
    internal const int Failed = 1;

    /// <summary>EX_SOFTWARE: a part failed for good; a supervisor starts the process again.</summary>
    internal const int PartFailed = 70;

    /// <summary>EX_CONFIG: wrong options, a port that is taken, a log with other settings; starting again changes nothing before somebody does.</summary>
    internal const int WrongConfiguration = 78;
}
