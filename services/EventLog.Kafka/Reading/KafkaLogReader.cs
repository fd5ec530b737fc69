using Microsoft.Extensions.Logging;
using Tidemark.EventLog.Kafka.Native;

namespace Tidemark.EventLog.Kafka.Reading;

/// <summary>
/// Delivers runs of consecutive offsets from what is fetched ahead. That there is nothing more is never concluded from silence: a read that finds nothing asks the
/// leader for the committed end, so <see cref="AtEnd"/> is false while the brokers are away.
/// </summary>
internal sealed class KafkaLogReader(ReadingServices services, TopicPartition partition, long offset) : ILogReader
{
    /// <summary>A run goes on over several batches of messages until it has this many bytes.</summary>
    private const int RunBytes = 256 << 10;

    /// <summary>How long a reader waits for the leader's word on the end, and then for what the leader says is there.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(1);

    /// <summary>After this long without what the leader says is there, the fetch is begun anew.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly RecordSetBuilder _block = new();
    private readonly ReadSignal _signal = new();
    private readonly ReadTraces _traces = new();
    private FetchedRecords? _fetched;
    private long _position = offset;
    private long _end = offset;
    private long? _starvedSince;
    private bool _begunAnew;
    private bool _seek;
    private bool _closed;

    private enum Found
    {
        Nothing,
        Records,

        /// <summary>The position moved over offsets that hold no record.</summary>
        Gap,

        /// <summary>The log does not have the position.</summary>
        OutOfRange,
    }

    public TopicPartition Partition => partition;

    public long Position => _position;

    public bool AtEnd { get; private set; }

    public long End => Math.Max(Volatile.Read(ref _end), _position);

    public RecordSet Records { get; private set; }

    public IReadOnlyList<LogTrace> Traces => _traces.All;

    internal bool IsStarted => Volatile.Read(ref _fetched) is not null;

    /// <summary>The committed end, as asked for all readers together.</summary>
    internal void Learn(long end)
    {
        if (end > Volatile.Read(ref _end))
            Volatile.Write(ref _end, end);
    }

    public ValueTask<bool> ReadAsync(TimeSpan wait, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(cancellation);
        AtEnd = false;
        return Take() switch
        {
            Found.Records => new ValueTask<bool>(true),
            Found.Gap => new ValueTask<bool>(false),
            var other => WaitAndReadAsync(other, wait, cancellation),
        };
    }

    public void Seek(long offset)
    {
        if (offset == _position)
            return;
        _position = offset;
        _seek = true;
        AtEnd = false;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            _block.Dispose();
            Records = default;
            LetGo();
        }
        services.Clients.Remove(this);
        _signal.Raise();
        _signal.Dispose();
    }

    private async ValueTask<bool> WaitAndReadAsync(Found found, TimeSpan wait, CancellationToken cancellation)
    {
        var begun = Environment.TickCount64;
        var milliseconds = Math.Clamp(wait.TotalMilliseconds, 0, int.MaxValue);
        if (!IsStarted && !await StartAsync(TimeSpan.FromMilliseconds(milliseconds), cancellation).ConfigureAwait(false))
            return false;
        if (found == Found.Nothing)
            found = await WaitAsync(begun + (long)milliseconds, cancellation).ConfigureAwait(false);
        if (found == Found.Nothing)
        {
            var end = await AskEndAsync(cancellation).ConfigureAwait(false);
            AtEnd = end >= 0 && end <= _position;
            if (end > _position)
                found = await WaitAsync(Environment.TickCount64 + (long)_grace.TotalMilliseconds, cancellation).ConfigureAwait(false);
            if (end > _position && found == Found.Nothing)
                Starve(end);
            else
                _starvedSince = null;
        }
        if (found == Found.OutOfRange)
            throw new LogOffsetOutOfRangeException(partition, _position, await services.RangeAsync(partition).WaitAsync(cancellation).ConfigureAwait(false));
        return found == Found.Records;
    }

    /// <summary>False when the topics have not been checked within the time.</summary>
    private async ValueTask<bool> StartAsync(TimeSpan wait, CancellationToken cancellation)
    {
        try
        {
            await services.Checked.WaitAsync(wait > _grace ? wait : _grace, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            Fetch();
        }
        return true;
    }

    private void Fetch()
    {
        var (client, topic) = services.Clients.Take(partition);
        _seek = false;
        Volatile.Write(ref _fetched, new FetchedRecords(client, topic, services.NameOf(partition.Topic), partition, _position, _signal));
    }

    /// <summary>Forgets what is fetched and starts again at the position.</summary>
    /// <param name="otherClient">The client is given up too, for all its readers that do the same.</param>
    internal void FetchAnew(bool otherClient = false)
    {
        lock (_gate)
        {
            if (_closed || _fetched is null)
                return;
            if (otherClient)
                services.Clients.Abandon(_fetched.Client);
            Records = default;
            LetGo();
            Fetch();
        }
    }

    /// <summary>Under the lock to its end: when the log closes, the client is destroyed after this reader's disposal has returned, whoever began it.</summary>
    private void LetGo()
    {
        if (_fetched is not { } fetched)
            return;
        _fetched = null;
        fetched.Dispose();
        services.Clients.GiveBack(fetched.Client, partition);
    }

    /// <summary>
    /// The leader has more and answers, but nothing comes: a fetch that a restart of brokers left behind in a state of its own must not stop the partition for ever. When the same client brings
    /// nothing again, it is the client: after a pause in which its only broker was fenced, one was seen to fetch none of its partitions any more, however often they were begun anew.
    /// </summary>
    private void Starve(long end)
    {
        var now = Environment.TickCount64;
        _starvedSince ??= now;
        if (now - _starvedSince < _patience.TotalMilliseconds)
            return;
        services.Logger.FetchedAnew(partition, end - _position, _position, _patience.TotalSeconds);
        FetchAnew(otherClient: _begunAnew);
        _begunAnew = true;
        _starvedSince = now;
    }

    private async ValueTask<Found> WaitAsync(long deadline, CancellationToken cancellation)
    {
        while (true)
        {
            _signal.Reset();
            var found = Take();
            if (found != Found.Nothing || !await _signal.WaitAsync(deadline, cancellation).ConfigureAwait(false))
                return found;
        }
    }

    private async ValueTask<long> AskEndAsync(CancellationToken cancellation)
    {
        try
        {
            var end = await services.Ends.AskAsync(partition).WaitAsync(_grace, cancellation).ConfigureAwait(false);
            Learn(end);
            return end;
        }
        catch (TimeoutException)
        {
            return PartitionEnds.Unknown;
        }
    }

    private unsafe Found Take()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_fetched is null)
                return Found.Nothing;
            if (_seek)
            {
                _fetched.Seek(_position);
                _seek = false;
            }
            Records = default;
            _block.Clear();
            _traces.Clear();
            var from = _position;
            long first = -1;
            long ended = -1;
            RdMessage* message;
            while ((message = _fetched.Peek()) is not null)
            {
                if (message->Error != 0)
                {
                    if (message->Error == RdError.PartitionEnd)
                        ended = message->Offset;
                    else if (_block.Count > 0)
                        break;
                    else if (message->Error is RdError.AutoOffsetReset or RdError.OffsetOutOfRange or RdError.LogTruncation)
                        return Refused();
                    else
                        services.Logger.ReadError(partition, Rd.Text(message->Error));
                    _fetched.Drop();
                    continue;
                }
                if (message->Offset < _position)
                    throw new LogCorruptException($"{partition}: offset {message->Offset} was delivered after {_position - 1}; the log went back.");
                if (_block.Count > 0 && (message->Offset != _position || _block.Length >= RunBytes))
                    break;
                if (_block.Count == 0)
                    first = message->Offset;
                Add(message);
                _position = message->Offset + 1;
                ended = -1;
                _fetched.Drop();
            }
            if (ended > _position)
                _position = ended;
            Learn(_position);
            AtEnd = message is null && (ended >= 0 || (_block.Count > 0 && _fetched.HighWatermark() == _position));
            if (_block.Count == 0)
            {
                AtEnd &= _position > from;
                return _position > from ? Found.Gap : Found.Nothing;
            }
            _begunAnew = false;
            Records = new RecordSet(_block.Data, first, _block.Count, _block.BaseTimestampMs);
            services.Metrics.Read(_block.Count);
            return Found.Records;
        }
    }

    private Found Refused()
    {
        _fetched!.Drop();
        // Whoever reads on is told again.
        _seek = true;
        return Found.OutOfRange;
    }

    private unsafe void Add(RdMessage* message)
    {
        int kind;
        _block.Add(
            new ReadOnlySpan<byte>(message->Key, (int)message->KeyLength),
            new ReadOnlySpan<byte>(message->Value, (int)message->ValueLength),
            Rd.MessageTimestamp(message, &kind));
        _traces.Look(message);
    }
}
