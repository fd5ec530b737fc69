namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>A section of the configuration and the options record that it fills.</summary>
public abstract class OptionSection
{
    private protected OptionSection(string name, Type type) => (Name, Type) = (name, type);

    /// <summary>As in <c>Kafka:Partitions</c>.</summary>
    public string Name { get; }

    public Type Type { get; }

    /// <summary>A fresh record with the defaults that hold in this service; members that are required are null.</summary>
    public abstract object NewDefaults();

    /// <summary>What is wrong with a filled record; each message begins with the name of the property, or speaks of the whole.</summary>
    internal abstract IEnumerable<string> Mistakes(object options);

    /// <param name="name">Of the section.</param>
    /// <param name="mistakes">Every mistake in a record, each beginning with the property's name where it is one property's.</param>
    /// <param name="defaults">Where a service has defaults of its own.</param>
    public static OptionSection Of<T>(string name, Func<T, IEnumerable<string>> mistakes, Func<T>? defaults = null)
        where T : class => new Typed<T>(name, mistakes, defaults);

    private sealed class Typed<T>(string name, Func<T, IEnumerable<string>> mistakes, Func<T>? defaults) : OptionSection(name, typeof(T))
        where T : class
    {
        // Not new T(): required members are allowed to be missing until everything has been read.
        public override object NewDefaults() => defaults is null ? Activator.CreateInstance<T>() : defaults();

        internal override IEnumerable<string> Mistakes(object options) => mistakes((T)options);
    }
}
