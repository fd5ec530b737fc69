using System.Runtime.CompilerServices;

namespace Tidemark.ClickHouse.Embedded.Host;

/// <summary>Runs beside a connected engine what the runtime turns signals into; a broken handler ends or hangs the process.</summary>
internal static class SignalChecks
{
    public static async Task<int> RunAsync(string data)
    {
        using var stop = new CancellationTokenSource();
        var server = new EngineServer(new EngineOptions { DataPath = data, Port = 0 });
        var serving = server.RunAsync(stop.Token);
        if (await Task.WhenAny(server.Listening, serving) == serving)
            await serving;
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await server.Listening}") };
        for (var round = 0; round < 3; round++)
        {
            await http.GetStringAsync(new Uri("/?query=SELECT+sum(number)+FROM+numbers(1000000)", UriKind.Relative));
            Say("null reference", Catches<NullReferenceException>(() => Length(null!)));
            Say("division by zero", Catches<DivideByZeroException>(() => Divide(1, 0)));
            Say("collection", CollectsBesideALoop());
        }

        await stop.CancelAsync();
        await serving;
        return 0;
    }

    static void Say(string check, bool passed) => Console.WriteLine($"{check}: {(passed ? "passed" : "failed")}");

    static bool Catches<T>(Func<int> call) where T : Exception
    {
        try
        {
            call();
            return false;
        }
        catch (T)
        {
            return true;
        }
    }

    // The loop has no safe point of its own: only the runtime's signal gets the thread to one.
    static bool CollectsBesideALoop()
    {
        var loop = new Loop();
        var thread = new Thread(loop.Run) { IsBackground = true };
        thread.Start();
        while (!Volatile.Read(ref loop.Started))
            Thread.Yield();
        for (var i = 0; i < 20; i++)
            GC.Collect();
        Volatile.Write(ref loop.Stop, true);
        thread.Join();
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Length(string text) => text.Length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Divide(int a, int b) => a / b;

    sealed class Loop
    {
        public bool Started;
        public bool Stop;
        public ulong Sum;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run()
        {
            Volatile.Write(ref Started, true);
            var sum = 1UL;
            while (!Volatile.Read(ref Stop))
                sum = (sum * 6364136223846793005) + 1442695040888963407;
            Sum = sum;
        }
    }
}
