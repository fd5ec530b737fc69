using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>A property of an options record as the configuration sees it.</summary>
public sealed class OptionProperty
{
    private OptionProperty(PropertyInfo property)
    {
        Property = property;
        var isList = property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);
        Element = isList ? property.PropertyType.GetGenericArguments()[0] : null;
        IsRequired = property.IsDefined(typeof(RequiredMemberAttribute));
        IsSecret = property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password;
        if (IsSecret || (Element is not null && !OptionValue.IsScalar(Element)))
            FileName = property.Name + "File";
    }

    internal PropertyInfo Property { get; }

    public string Name => Property.Name;

    public Type Type => Property.PropertyType;

    /// <summary>The type of a list's elements; null when it is no list.</summary>
    public Type? Element { get; }

    internal bool IsRequired { get; }

    /// <summary>What it is, as its documentation says.</summary>
    public string Summary => OptionDocs.Summary(Property);

    /// <summary>True for a list of records, each with options of its own.</summary>
    public bool IsRecords => Element is not null && !OptionValue.IsScalar(Element);

    /// <summary>Marked with <c>[DataType(DataType.Password)]</c>: never shown.</summary>
    public bool IsSecret { get; }

    /// <summary>The option that names a file with the value instead (secrets and lists of records); null when there is none.</summary>
    public string? FileName { get; }

    /// <summary>A value as help tells it.</summary>
    public string Format(object record) => OptionValue.Format(Property.GetValue(record));

    /// <summary>All properties that can be set, in the order in which the record declares them.</summary>
    public static IReadOnlyList<OptionProperty> Of(Type record) =>
        [.. record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is { IsPublic: true }).OrderBy(p => p.MetadataToken).Select(p => new OptionProperty(p))];
}
