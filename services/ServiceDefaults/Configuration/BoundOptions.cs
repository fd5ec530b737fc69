namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>The options records of a service, filled and checked.</summary>
public sealed class BoundOptions
{
    private readonly Dictionary<Type, object> _records;

    internal BoundOptions(Dictionary<Type, object> records) => _records = records;

    /// <summary>The record of a section that the service has.</summary>
    public T Get<T>()
        where T : class => (T)_records[typeof(T)];
}
