using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>A property of an options record as the configuration sees it.</summary>
internal sealed class OptionProperty
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

    internal string Name => Property.Name;

    internal Type Type => Property.PropertyType;

    /// <summary>The type of a list's elements; null when it is no list.</summary>
    internal Type? Element { get; }

    internal bool IsRequired { get; }

    /// <summary>Marked with <c>[DataType(DataType.Password)]</c>: never shown.</summary>
    internal bool IsSecret { get; }

    /// <summary>The option that names a file with the value instead (secrets and lists of records); null when there is none.</summary>
    internal string? FileName { get; }

    /// <summary>All properties that can be set, in the order in which the record declares them.</summary>
    internal static IReadOnlyList<OptionProperty> Of(Type record) =>
        [.. record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is { IsPublic: true }).OrderBy(p => p.MetadataToken).Select(p => new OptionProperty(p))];
}
