using System.Diagnostics;
using Spectre.Console;

namespace Tidemark.Local.Import;

/// <summary>Shows how far an import is: a bar with rate, time left and rejected lines on a terminal, else a plain line every few seconds. On standard error.</summary>
internal sealed class ImportProgress : IDisposable
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);

    private readonly IAnsiConsole? _terminal;
    private readonly TextWriter _output;
    private long _begun = Stopwatch.GetTimestamp();
    private long _shown = Stopwatch.GetTimestamp();
    private string _phase = "";

    public ImportProgress(TextWriter output, bool isTerminal)
    {
        _output = output;
        if (isTerminal)
            _terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
    }

    /// <summary>Tells where the work is.</summary>
    /// <param name="phase">What is done now, for example "reading".</param>
    /// <param name="fraction">0 to 1; NaN when nobody knows how much there is.</param>
    /// <param name="done">Units done so far, for the rate; 0 for none.</param>
    /// <param name="rejected">Lines rejected so far; below zero where nothing can be.</param>
    public void Report(string phase, double fraction, long done, long rejected)
    {
        if (phase != _phase)
        {
            _phase = phase;
            _begun = Stopwatch.GetTimestamp();
        }
        else if (Stopwatch.GetElapsedTime(_shown) < (_terminal is null ? LineInterval : BarInterval))
            return;
        else if (_terminal is null)
        {
            _output.WriteLine(Text(fraction, done, rejected));
            _shown = Stopwatch.GetTimestamp();
        }
        if (_terminal is null)
            return;
        _shown = Stopwatch.GetTimestamp();
        const int Width = 30;
        var filled = double.IsNaN(fraction) ? 0 : (int)(Math.Clamp(fraction, 0, 1) * Width);
        _terminal.Write(new ControlCode("\r\u001b[K"));
        _terminal.Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', Width - filled)}[/] {Markup.Escape(Text(fraction, done, rejected))}");
    }

    private string Text(double fraction, long done, long rejected)
    {
        var elapsed = Stopwatch.GetElapsedTime(_begun);
        var left = fraction is > 0.01 and < 1 && elapsed > TimeSpan.FromSeconds(1) ? $", {elapsed * ((1 - fraction) / fraction):m\\:ss} left" : "";
        var rate = done > 0 && elapsed.TotalSeconds > 0.2 ? $", {done / elapsed.TotalSeconds:N0} events/s" : "";
        var share = double.IsNaN(fraction) ? "" : $" {Math.Clamp(fraction, 0, 1) * 100:0} %";
        return $"{_phase}{share}{rate}{left}{(rejected < 0 ? "" : $", {rejected:N0} rejected")}";
    }

    public void Dispose() => _terminal?.Write(new ControlCode("\r\u001b[K"));
}
