using Tidemark.EventLog;

namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>The process dies here: nothing in memory survives, and no handler may take it for an answer of the log.</summary>
internal sealed class KilledException() : Exception("killed");

/// <summary>The script is over and everything has been quiet for long.</summary>
internal sealed class QuietException() : Exception("quiet");

internal enum Fault
{
    None,

    /// <summary>Dies at the step, before it has an effect.</summary>
    Kill,

    /// <summary>Dies after the commit was stored and before anybody hears of it; elsewhere like <see cref="Kill"/>.</summary>
    KillAfter,

    /// <summary>The commit answers that it was rolled back.</summary>
    Abort,

    /// <summary>The commit's answer is lost, and it was not stored.</summary>
    UnknownNotStored,

    /// <summary>The commit's answer is lost, but it was stored.</summary>
    UnknownStored,

    /// <summary>The commit finds another owner.</summary>
    Fence,
}

/// <summary>Counts the steps of a run (every call of the log) and makes one of them fail.</summary>
internal sealed class FaultPlan(int step, Fault fault)
{
    public int Steps { get; private set; }

    public bool Struck { get; private set; }

    /// <summary>A step that only death can stop.</summary>
    public void Step()
    {
        if (Steps++ == step && fault is Fault.Kill or Fault.KillAfter && Steps == step + 1)
        {
            Struck = true;
            throw new KilledException();
        }
    }

    public void Commit(Action store)
    {
        if (Steps++ != step)
        {
            store();
            return;
        }
        Struck = fault != Fault.None;
        if (fault is Fault.None or Fault.KillAfter or Fault.UnknownStored)
            store();
        switch (fault)
        {
            case Fault.Kill or Fault.KillAfter:
                throw new KilledException();
            case Fault.Abort:
                throw new LogTransactionAbortedException("as planned");
            case Fault.UnknownNotStored or Fault.UnknownStored:
                throw new LogOutcomeUnknownException("as planned");
            case Fault.Fence:
                throw new LogFencedException("as planned");
            default:
                break;
        }
    }
}
