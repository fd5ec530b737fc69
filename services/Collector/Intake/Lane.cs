namespace Tidemark.Collector.Intake;

internal enum Lane
{
    Live,
    History,
}
