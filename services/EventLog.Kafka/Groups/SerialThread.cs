using System.Collections.Concurrent;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>A thread of its own for calls that block (transactions, some seconds at worst), one after another: pool threads are few and have readers to serve.</summary>
internal sealed class SerialThread
{
    private readonly BlockingCollection<Action> _work = [];

    internal SerialThread(string name)
    {
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Faults with <see cref="ObjectDisposedException"/> after <see cref="Stop"/>.</summary>
    internal Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _work.Add(() =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception failed)
                {
                    done.SetException(failed);
                }
            });
        }
        catch (InvalidOperationException)
        {
            done.SetException(new ObjectDisposedException(nameof(SerialThread)));
        }
        return done.Task;
    }

    /// <summary>Does what was asked for, then <paramref name="last"/>, and ends.</summary>
    internal void Stop(Action last)
    {
        _work.Add(last);
        _work.CompleteAdding();
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
        _work.Dispose();
    }
}
