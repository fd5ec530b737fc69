using Tidemark.Collector.Intake;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>What a batch will have done once it is committed; until then nobody hears of it, since it may be done again.</summary>
internal sealed class IntakeCounts
{
    private readonly int[] _codes = new int[Enum.GetValues<RejectCode>().Length];
    private int _accepted;
    private int _unrecorded;
    private int _skewed;
    private int _replaced;

    internal int Messages { get; private set; }

    /// <summary>Refused events that the transaction keeps.</summary>
    internal int Kept { get; private set; }

    internal void Took(int accepted, IReadOnlyList<Rejection> rejections)
    {
        Messages++;
        _accepted += accepted;
        for (var i = 0; i < rejections.Count; i++)
            _codes[(int)rejections[i].Code]++;
    }

    internal void Refused(int kept, int unrecorded)
    {
        Kept += kept;
        _unrecorded += unrecorded;
    }

    internal void Mended(int skewed, int replaced)
    {
        _skewed += skewed;
        _replaced += replaced;
    }

    internal void Report(CollectorMetrics metrics, TimeSpan commit)
    {
        metrics.IntakeCommitted(Messages, commit);
        if (_accepted > 0)
            metrics.Accepted(Lane.Live, CollectorMetrics.Intake, _accepted);
        for (var code = 0; code < _codes.Length; code++)
        {
            if (_codes[code] > 0)
                metrics.Rejected((RejectCode)code, CollectorMetrics.Intake, _codes[code]);
        }
        if (_unrecorded > 0)
            metrics.Unrecorded(_unrecorded);
        metrics.Mended(_skewed, _replaced);
    }

    internal void Clear()
    {
        Array.Clear(_codes);
        Messages = Kept = _accepted = _unrecorded = _skewed = _replaced = 0;
    }
}
