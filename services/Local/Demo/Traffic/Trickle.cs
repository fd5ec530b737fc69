namespace Tidemark.Local.Demo.Traffic;

/// <summary>Live traffic: a few visitors at a time, each a step further whenever it is its turn; who leaves makes room for the next.</summary>
internal sealed class Trickle
{
    private const int AtATime = 8;

    private readonly Random _random;
    private readonly EventWriter _writer;
    private readonly IReadOnlyList<Shopper> _known;
    private readonly List<(Shopper Shopper, IEnumerator<Step> Steps)> _here = [];

    /// <param name="day">The day before: a third of the visitors has been there.</param>
    public Trickle(Day day)
    {
        _random = new Random(day.Seed ^ 0x7121C1E);
        _writer = new EventWriter(day.ImportId + "-live");
        _known = day.Gone;
        while (_here.Count < AtATime)
            _here.Add(Come());
    }

    public ShopEvent Next(DateTimeOffset at)
    {
        var turn = _random.Next(_here.Count);
        while (!_here[turn].Steps.MoveNext())
            _here[turn] = Come();
        var (shopper, steps) = _here[turn];
        return _writer.Write(shopper, steps.Current, at);
    }

    private (Shopper, IEnumerator<Step>) Come()
    {
        var shopper = _known.Count > 0 && _random.NextDouble() < 0.33 ? _random.Pick(_known) : Shopper.New(_random);
        return (shopper, new Visit(shopper, _random).Walk().GetEnumerator());
    }
}
