using Tidemark.Collector.Hosting;

namespace Tidemark.ServiceDefaults.Tests.Configuration;

public sealed class SecretTests : IDisposable
{
    private readonly Given _given = new();

    public void Dispose() => _given.Dispose();

    [Fact]
    public void Read_SecretInAFile_IsItsTextWithoutTheLineBreakAtItsEnd()
    {
        var file = _given.File("secret", " s3cret \r\n");
        Assert.Equal(" s3cret ", _given.Read("--Test:Name=n", "--Test:PasswordFile=" + file)!.Password);
    }

    [Fact]
    public void Read_RequiredSecretOfAListInAFile_IsThere()
    {
        var file = _given.File("secret", "k1\n");
        var options = _given.Read("--Test:Name=n", "--Test:Items:0:Title=t", "--Test:Items:0:KeyFile=" + file);
        Assert.Empty(_given.Mistakes);
        Assert.Equal("k1", options!.Items[0].Key);
    }

    [Theory]
    [InlineData(null, "there is no file")]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    public void Read_SecretFileWithoutSecret_NamesTheKeyAndTheFile(string? text, string why)
    {
        var file = text is null ? Path.Combine(_given.Folder, "none") : _given.File("secret", text);
        Assert.Null(_given.Read("--Test:Name=n", "--Test:PasswordFile=" + file));
        var mistake = Assert.Single(_given.Mistakes);
        Assert.StartsWith("Test:PasswordFile on the command line: ", mistake, StringComparison.Ordinal);
        Assert.Contains(why, mistake, StringComparison.Ordinal);
        Assert.Contains(file, mistake, StringComparison.Ordinal);
    }

    /// <summary>The service's own check reads every key; what could not be read is no reason to fail there.</summary>
    [Theory]
    [InlineData(null, false, "there is no file")]
    [InlineData("", false, "is empty")]
    [InlineData("k", true, "are both set")]
    public void Read_KeysOfTheCollectorThatCannotBeRead_AreOneMistakeEach(string? text, bool both, string why)
    {
        var file = text is null ? Path.Combine(_given.Folder, "none") : _given.File("secret", text);
        string[] key = both ? ["--Collector:Projects:0:Keys:0:Key=x"] : [];
        Assert.Null(_given.Read(
            CollectorHost.Definition.Sections[0],
            ["--Collector:Projects:0:Name=shop", "--Collector:Projects:0:Keys:0:KeyFile=" + file, .. key, "--Collector:Projects:0:Keys:1:KeyFile=" + Path.Combine(_given.Folder, "neither")]));
        Assert.Collection(
            _given.Mistakes,
            first => Assert.Contains(why, first, StringComparison.Ordinal),
            second => Assert.Contains("Keys:1:KeyFile on the command line: there is no file", second, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SecretAndItsFile_IsAMistakeThatTellsNeither()
    {
        var file = _given.File("secret", "one");
        Assert.Null(_given.Read("--Test:Name=n", "--Test:Password=two", "--Test:PasswordFile=" + file));
        Assert.Equal("Test:Password and Test:PasswordFile are both set; leave one out", Assert.Single(_given.Mistakes));
    }

    [Theory]
    [InlineData("""[{"Title": "a", "Key": "k"}, {"Title": "b", "Key": "l", "Size": 4}]""")]
    [InlineData("""{"Items": [{"Title": "a", "Key": "k"}, {"Title": "b", "Key": "l", "Size": 4}]}""")]
    public void Read_ListInAFile_IsRead(string text)
    {
        var file = _given.File("items.json", text);
        var options = _given.Read("--Test:Name=n", "--Test:ItemsFile=" + file);
        Assert.Empty(_given.Mistakes);
        Assert.Equal([new TestItem { Title = "a", Key = "k" }, new TestItem { Title = "b", Key = "l", Size = 4 }], options!.Items);
    }

    [Theory]
    [InlineData("nonsense", "is not JSON")]
    [InlineData("""{"Things": []}""", "has a member Things")]
    [InlineData("""[{"Title": "a", "Key": "k", "Sise": 4}]""", "Test:Items:0:Sise in FILE is no option; did you mean Test:Items:0:Size?")]
    public void Read_ListFileWithMistakes_SaysThemWithTheFile(string text, string mistake)
    {
        var file = _given.File("items.json", text);
        Assert.Null(_given.Read("--Test:Name=n", "--Test:ItemsFile=" + file));
        Assert.Contains(mistake.Replace("FILE", file, StringComparison.Ordinal), Assert.Single(_given.Mistakes), StringComparison.Ordinal);
    }
}
