using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Intake;
using Tidemark.Contracts.Imports;

namespace Tidemark.Collector.Imports;

/// <summary>The parameters <c>import</c> and <c>generation</c> of a request. Without a generation it is 0: a client that knows nothing of undos never speaks of a later one.</summary>
internal readonly record struct ImportQuery(string Name, int Generation)
{
    /// <summary>False when there is no import, or what is there is not valid.</summary>
    internal static bool TryRead(HttpRequest request, out ImportQuery import)
    {
        import = default;
        var name = request.Query["import"];
        if (name.Count != 1 || !ImportIds.IsValid(name[0]))
            return false;
        var generation = request.Query["generation"];
        var number = 0;
        if (generation.Count > 1 || (generation.Count == 1 && !int.TryParse(generation[0], NumberStyles.None, CultureInfo.InvariantCulture, out number)) || number > ImportGeneration.Last)
            return false;
        import = new ImportQuery(name[0]!, number);
        return true;
    }

    /// <summary>As records of the log name it.</summary>
    internal byte[] Id => ImportGeneration.IdOf(Encoding.ASCII.GetBytes(Name), Generation);
}
