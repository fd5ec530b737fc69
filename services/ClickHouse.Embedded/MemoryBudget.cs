using Tidemark.ClickHouse.Embedded.Http;

namespace Tidemark.ClickHouse.Embedded;

/// <summary>What all requests together may hold of something (bytes of memory, of the disk): beyond it a request is refused, and nobody else is harmed.</summary>
internal sealed class MemoryBudget(long limit, string what)
{
    long _used;

    /// <summary>Bytes taken now.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>A part of it for one request, given back when that is disposed.</summary>
    public Share Open() => new(this);

    internal sealed class Share(MemoryBudget budget) : IDisposable
    {
        // What every request has, whatever others hold: a short question is answered. As many as there are connections, 1,024, make 64 MiB.
        const long Allowance = 64 << 10;

        long _held;
        long _taken;

        /// <summary>Takes <paramref name="bytes"/> more; throws the server's error 241 when there are not as many.</summary>
        public void Take(long bytes)
        {
            _held += bytes;
            bytes = Math.Max(0, _held - Allowance) - _taken;
            if (bytes <= 0)
                return;
            if (Interlocked.Add(ref budget._used, bytes) > budget.Limit)
            {
                Interlocked.Add(ref budget._used, -bytes);
                throw EngineErrorException.Of(241, "MEMORY_LIMIT_EXCEEDED", $"Memory limit (total) exceeded: all requests together hold as much of {budget.What} as they may, {budget.Limit} bytes");
            }

            _taken += bytes;
        }

        public void Dispose() => Interlocked.Add(ref budget._used, -Interlocked.Exchange(ref _taken, 0));
    }

    long Limit => limit;

    string What => what;
}
