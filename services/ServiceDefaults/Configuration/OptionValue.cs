using System.Globalization;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>Single values of options: how their text is read, what to say about a wrong one, and how a default is shown.</summary>
internal static class OptionValue
{
    internal static bool IsScalar(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(long) || type == typeof(double)
            || type == typeof(TimeSpan) || type == typeof(Uri) || type.IsEnum;
    }

    /// <summary>Null when the text is no such value.</summary>
    internal static object? Parse(Type type, string text)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var trimmed = text.Trim();
        if (type == typeof(string))
            return text;
        if (type == typeof(bool))
            return bool.TryParse(trimmed, out var truth) ? truth : null;
        if (type == typeof(int))
            return int.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (type == typeof(long))
            return long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? large : null;
        if (type == typeof(double))
            return double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real : null;
        if (type == typeof(TimeSpan))
            return Durations.TryParse(trimmed, out var duration) ? duration : null;
        if (type == typeof(Uri))
            return Uri.TryCreate(trimmed, UriKind.Absolute, out var address) && address.Host.Length > 0 ? address : null;
        // Numbers would be taken for members too, and mean something else after the next change.
        return Enum.GetNames(type).FirstOrDefault(n => n.Equals(trimmed, StringComparison.OrdinalIgnoreCase)) is { } member ? Enum.Parse(type, member) : null;
    }

    internal static string Takes(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(int) || type == typeof(long))
            return "a whole number";
        if (type == typeof(double))
            return "a number such as 0.01";
        if (type == typeof(TimeSpan))
            return "a duration such as 500ms, 30s, 30m, 2h or 1.00:00:00";
        if (type == typeof(Uri))
            return "an address such as http://host:8123";
        return type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type)) : "a text";
    }

    /// <summary>How a value is told in help; "none" when there is none.</summary>
    internal static string Format(object? value) => value switch
    {
        null => "none",
        TimeSpan duration => Durations.Format(duration),
        bool truth => truth ? "true" : "false",
        string { Length: 0 } => "none",
        System.Collections.ICollection { Count: 0 } => "none",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "none",
    };
}
