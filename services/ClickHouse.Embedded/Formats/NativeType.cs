namespace Tidemark.ClickHouse.Embedded.Formats;

/// <summary>How a type's values lie in a Native block.</summary>
internal enum NativeLayout
{
    Fixed,
    String,
    Nullable,
    Array,
    Map,
    Tuple,
    LowCardinality,
    Variant,
    Dynamic,
    Json,
    Unknown,
}

/// <summary>A type's layout, from its name as the block has it; enough to find where a column ends.</summary>
internal sealed record NativeType(NativeLayout Layout, int Size, NativeType[] Inner)
{
    static readonly NativeType[] _none = [];
    static readonly NativeType _float64 = Fixed(8);
    static readonly NativeType _point = new(NativeLayout.Tuple, 0, [_float64, _float64]);
    static readonly NativeType _ring = ArrayOf(_point);
    static readonly string[] _geometries = ["LineString", "MultiLineString", "MultiPolygon", "Point", "Polygon", "Ring"];

    public static NativeType Parse(ReadOnlySpan<char> name)
    {
        name = name.Trim();
        var open = name.IndexOf('(');
        var arguments = open >= 0 && name[^1] == ')' ? Split(name[(open + 1)..^1]) : [];
        return (open < 0 ? name : name[..open]).ToString() switch
        {
            "Int8" or "UInt8" or "Bool" or "Enum8" or "Nothing" => Fixed(1),
            "Int16" or "UInt16" or "Enum16" or "Date" or "BFloat16" => Fixed(2),
            "Int32" or "UInt32" or "Float32" or "Date32" or "DateTime" or "Time" or "IPv4" => Fixed(4),
            "Int64" or "UInt64" or "Float64" or "DateTime64" or "Time64" => Fixed(8),
            "Int128" or "UInt128" or "UUID" or "IPv6" => Fixed(16),
            "Int256" or "UInt256" => Fixed(32),
            "Decimal" => Fixed(int.Parse(arguments[0]) switch { <= 9 => 4, <= 18 => 8, <= 38 => 16, _ => 32 }),
            "FixedString" => Fixed(int.Parse(arguments[0])),
            "QBit" => Fixed((arguments[0] switch { "BFloat16" => 16, "Float32" => 32, _ => 64 }) * ((int.Parse(arguments[1]) + 7) / 8)),
            "String" or "SharedVariant" => new(NativeLayout.String, 0, _none),
            "Nullable" => new(NativeLayout.Nullable, 0, [Parse(arguments[0])]),
            "LowCardinality" => new(NativeLayout.LowCardinality, 0, [Parse(arguments[0])]),
            "Array" => ArrayOf(Parse(arguments[0])),
            "Map" => new(NativeLayout.Map, 0, [Parse(arguments[0]), Parse(arguments[1])]),
            "Tuple" => arguments.Length == 0 ? Fixed(1) : Elements(arguments),
            "Nested" => ArrayOf(Elements(arguments)),
            "Variant" => new(NativeLayout.Variant, 0, Array.ConvertAll(arguments, argument => Parse(argument))),
            "Dynamic" => new(NativeLayout.Dynamic, 0, _none),
            "JSON" => new(NativeLayout.Json, 0, TypedPaths(arguments)),
            "Geometry" => new(NativeLayout.Variant, 0, Array.ConvertAll(_geometries, name => Parse(name))),
            "SimpleAggregateFunction" => Parse(arguments[^1]),
            "Point" => _point,
            "Ring" or "LineString" or "MultiPoint" => _ring,
            "Polygon" or "MultiLineString" => ArrayOf(_ring),
            "MultiPolygon" => ArrayOf(ArrayOf(_ring)),
            var other when other.StartsWith("Interval", StringComparison.Ordinal) => Fixed(8),
            // AggregateFunction: its states cannot be stepped over without knowing each function's.
            _ => new(NativeLayout.Unknown, 0, _none),
        };
    }

    static NativeType Fixed(int size) => new(NativeLayout.Fixed, size, _none);

    static NativeType ArrayOf(NativeType element) => new(NativeLayout.Array, 0, [element]);

    static NativeType Elements(string[] arguments) => new(NativeLayout.Tuple, 0, Array.ConvertAll(arguments, argument => Parse(WithoutName(argument))));

    // JSON(path Type, SKIP path, SKIP REGEXP 'text', max_dynamic_paths=N, …); the paths with a type lie in the order of their names.
    static NativeType[] TypedPaths(string[] arguments) => [.. arguments
        .Where(static argument => !argument.StartsWith("SKIP ", StringComparison.Ordinal) && Find(argument, ' ', 0) > 0)
        .OrderBy(static argument => argument[..Find(argument, ' ', 0)].Replace("`", "", StringComparison.Ordinal), StringComparer.Ordinal)
        .Select(static argument => Parse(WithoutName(argument)))];

    // "name Type" or "Type": outside of brackets and quotes a type has no blank.
    static string WithoutName(string element)
    {
        var space = Find(element, ' ', 0);
        return space < 0 ? element : element[(space + 1)..];
    }

    static string[] Split(ReadOnlySpan<char> list)
    {
        if (list.IsEmpty)
            return [];
        var parts = new List<string>();
        var start = 0;
        for (var comma = Find(list, ',', 0); comma >= 0; comma = Find(list, ',', start))
        {
            parts.Add(list[start..comma].Trim().ToString());
            start = comma + 1;
        }

        parts.Add(list[start..].Trim().ToString());
        return [.. parts];
    }

    static int Find(ReadOnlySpan<char> text, char wanted, int from)
    {
        var depth = 0;
        var quote = '\0';
        for (var i = from; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
            {
                if (c == '\\')
                    i++;
                else if (c == quote)
                    quote = '\0';
            }
            else if (c is '\'' or '`' or '"')
                quote = c;
            else if (c == '(')
                depth++;
            else if (c == ')')
                depth--;
            else if (c == wanted && depth == 0)
                return i;
        }

        return -1;
    }
}
