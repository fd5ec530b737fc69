using Tidemark.SchemaCode.Schemas;

namespace Tidemark.SchemaCode.Code;

/// <summary>An enum; its values are the places of the symbols.</summary>
internal static class EnumCode
{
    public static string Of(EnumType symbols, SchemaRecord record)
    {
        var code = new CodeText(record.FileName);
        code.Line($"namespace Tidemark.Contracts.{record.Folder};");
        code.Line();
        code.Summary(symbols.Doc);
        code.Block($"public enum {symbols.Name}", () => code.Lines(symbols.Symbols.Select(s => $"{Names.Pascal(s)},")));
        return code.ToString();
    }
}
