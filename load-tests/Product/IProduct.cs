namespace Tidemark.LoadTests.Product;

/// <summary>Either edition as a load scenario sees it: doors, SQL, and processes whose figures can be read.</summary>
internal interface IProduct
{
    string Edition { get; }

    HttpClient Http { get; }

    /// <summary>The write key of its one project.</summary>
    string Key { get; }

    /// <summary>Addresses of the door, one per collector.</summary>
    IReadOnlyList<Uri> Doors(string path);

    Task<string> SqlAsync(string query, CancellationToken cancellation);

    /// <summary>Processes by name, as they run now.</summary>
    IReadOnlyList<(string Name, int Id)> Processes();

    /// <summary>Bytes on disk by what they hold.</summary>
    IReadOnlyList<(string What, long Bytes)> Disk();
}
