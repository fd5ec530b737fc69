using Tidemark.Local.Import.Undo;

namespace Tidemark.Local.Tests.Import;

public sealed class ClosestNamesTests
{
    [Theory]
    [InlineData("shpo-2024", "shop-2024 shop-2023")]
    [InlineData("SHOP-2024", "shop-2024 shop-2023")]
    [InlineData("shop-2042", "shop-2023 shop-2024")]
    [InlineData("shop", "shop-2023 shop-2024")]
    [InlineData("access.lgo", "access.log")]
    [InlineData("something-else", "")]
    [InlineData("", "")]
    public void To_ATextThatIsNoName_TellsTheOnesThatAreClose(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', text.Length == 0 ? [] : ClosestNames.To(text, ["shop-2023", "access.log", "shop-2024", "3f2b8c"])));
}
