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

/// <summary>Counts the steps of a run (every call of the log) and makes some of them fail.</summary>
internal sealed class FaultPlan(Func<int, Fault> at)
{
    public static FaultPlan Nothing => new(_ => Fault.None);

    public int Steps { get; private set; }

    public int Struck { get; private set; }

    public static FaultPlan Once(int step, Fault fault) => new(s => s == step ? fault : Fault.None);

    /// <summary>A step that only death can stop.</summary>
    public void Step()
    {
        if (at(Steps++) is not (Fault.Kill or Fault.KillAfter))
            return;
        Struck++;
        throw new KilledException();
    }

    public void Commit(Action store)
    {
        var fault = at(Steps++);
        if (fault != Fault.None)
            Struck++;
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
