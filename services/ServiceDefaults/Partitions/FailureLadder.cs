using Tidemark.EventLog;

namespace Tidemark.ServiceDefaults.Partitions;

/// <summary>What follows what the log answers, the same for every service.</summary>
public static class FailureLadder
{
    /// <summary>Null for what is no answer of the log: a bug, which ends the process unless the service knows better.</summary>
    public static AfterFailure? Of(Exception failure) => failure switch
    {
        LogTransactionAbortedException or LogOutcomeUnknownException => AfterFailure.RollBack,
        LogUnavailableException or LogFullException => AfterFailure.Wait,
        LogFencedException => AfterFailure.LetGo,
        LogException => AfterFailure.Stop,
        _ => null,
    };
}
