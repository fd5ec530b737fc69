namespace Tidemark.Collector.Agents;

/// <summary>What is kept of a user agent: families as UTF-8, empty when unknown. The arrays are never changed.</summary>
/// <param name="Device">Kind of device: desktop, mobile, tablet, bot.</param>
/// <param name="Browser">uap-core's family of the program.</param>
/// <param name="Os">uap-core's family of the operating system.</param>
/// <param name="Bot">True for a known robot.</param>
internal readonly record struct AgentFamilies(byte[] Device, byte[] Browser, byte[] Os, bool Bot)
{
    internal static AgentFamilies Unknown => new([], [], [], false);
}
