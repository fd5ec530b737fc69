using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.RocksDb.Disk;

/// <summary>
/// Asks once a second how much room is left on the disk of the log, warns at three times the least, and says when appends have to be refused: while there is still room for what
/// is in the log already to be processed, before RocksDB's own writes fail.
/// </summary>
internal sealed class DiskWatch
{
    /// <summary>The log at its fastest takes some 300 MB in that time; the default of the least has room for that.</summary>
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(1);

    private const long Unknown = -1;

    private readonly string _directory;
    private readonly RocksDbLogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _looking = new();
    private Room _room = Room.Plenty;
    private bool _silent;
    private long _free = Unknown;
    private long _least;
    private volatile bool _refuses;

    internal DiskWatch(string directory, RocksDbLogOptions options, TimeProvider time, ILogger logger)
    {
        (_directory, _options, _time, _logger) = (directory, options, time, logger);
        Look();
    }

    private enum Room
    {
        Plenty,
        Low,
        Short,
    }

    /// <summary>True while appends have to be refused.</summary>
    internal bool Refuses => _refuses;

    /// <summary>Bytes at the last look; null when nobody could say.</summary>
    internal long? Free
    {
        get
        {
            var free = Volatile.Read(ref _free);
            return free == Unknown ? null : free;
        }
    }

    internal LogFullException Refusal() => new(
        $"Only {Mebibytes(Volatile.Read(ref _free))} MiB are free on the disk of {_directory}, and the last {Mebibytes(Volatile.Read(ref _least))} MiB are kept for what the log holds already: " +
        "free some, the log goes on by itself.");

    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(_every, _time);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            Look();
    }

    internal void Look()
    {
        lock (_looking)
        {
            if (Ask() is not { } space)
                return;
            var least = _options.LeastFree(space.Size);
            var before = _room;
            _room = Judge(space.Free, least);
            Volatile.Write(ref _free, space.Free);
            Volatile.Write(ref _least, least);
            _refuses = _room == Room.Short;
            if (_room != before)
                Tell(before, space.Free, least);
        }
    }

    private DiskSpace? Ask()
    {
        try
        {
            var space = _options.Space(_directory);
            _silent = false;
            return space;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // Writes tell then, as they would without this.
            if (!_silent)
                _logger.DiskUnknown(_directory, failed.Message);
            _silent = true;
            return null;
        }
    }

    /// <summary>A mark that was fallen below has to be exceeded by an eighth, so that what RocksDB gives and takes as it merges files is not told as news.</summary>
    private Room Judge(long free, long least)
    {
        var low = least * 3;
        if (free < (_room == Room.Short ? least + least / 8 : least))
            return Room.Short;
        return free < (_room == Room.Plenty ? low : low + low / 8) ? Room.Low : Room.Plenty;
    }

    private void Tell(Room before, long free, long least)
    {
        if (_room == Room.Short)
            _logger.DiskShort(_directory, Mebibytes(free), Mebibytes(least));
        else if (before == Room.Short)
            _logger.DiskTakesAgain(_directory, Mebibytes(free));
        else if (_room == Room.Low)
            _logger.DiskLow(_directory, Mebibytes(free), Mebibytes(least));
        else
            _logger.DiskHasRoom(_directory, Mebibytes(free));
    }

    private static long Mebibytes(long bytes) => bytes >> 20;
}
