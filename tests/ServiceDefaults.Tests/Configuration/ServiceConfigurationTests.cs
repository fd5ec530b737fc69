namespace Tidemark.ServiceDefaults.Tests.Configuration;

public sealed class ServiceConfigurationTests : IDisposable
{
    private readonly Given _given = new();

    public void Dispose() => _given.Dispose();

    [Fact]
    public void Read_NothingButTheRequired_LeavesDefaults()
    {
        var options = _given.Read("--Test:Name=n");
        Assert.Empty(_given.Mistakes);
        Assert.Equal(new TestOptions { Name = "n" }, options);
    }

    [Fact]
    public void Read_EveryKind_IsRead()
    {
        _given.File("appsettings.json", """
            {
              // Comments and commas at the end are what people write.
              "Test": {
                "Name": "n", "Count": 7, "Bytes": 5000000000, "Share": 0.25, "On": true, "Wait": "200ms", "Limit": "1.00:00:00", "Target": "http://a:1/",
                "Colour": "green", "Password": "p", "Origins": ["x", "y"], "Items": [{ "Title": "t", "Key": "k", "Size": 2 }],
              }
            }
            """);
        var options = _given.Read()!;
        Assert.Equal(("n", 7, 5_000_000_000, 0.25, true), (options.Name, options.Count, options.Bytes, options.Share, options.On));
        Assert.Equal((TimeSpan.FromMilliseconds(200), TimeSpan.FromDays(1)), (options.Wait, options.Limit));
        Assert.Equal(("http://a:1/", Colour.Green, "p"), (options.Target!.AbsoluteUri, options.Colour, options.Password));
        Assert.Equal(["x", "y"], options.Origins);
        Assert.Equal([new TestItem { Title = "t", Key = "k", Size = 2 }], options.Items);
    }

    [Fact]
    public void Read_SameKeyEverywhere_CommandLineThenEnvironmentThenNamedFileThenUsualFile()
    {
        const string variable = "Test__Wait";
        _given.File("appsettings.json", """{"Test": {"Name": "usual", "Count": 1, "Share": 0.1, "Wait": "1s", "Limit": "1s"}}""");
        var named = _given.File("named.json", """{"test": {"count": 2, "share": 0.2, "wait": "2s"}}""");
        Environment.SetEnvironmentVariable(variable, "3s");
        Environment.SetEnvironmentVariable("Test__Share", "0.3");
        try
        {
            var options = _given.Read("--config", named, "--Test:Share", "0.4")!;
            Assert.Equal(("usual", 2, 0.4), (options.Name, options.Count, options.Share));
            Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1)), (options.Wait, options.Limit));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
            Environment.SetEnvironmentVariable("Test__Share", null);
        }
    }

    [Fact]
    public void Read_EmptyText_LeavesTheDefault()
    {
        var options = _given.Read("--Test:Name=n", "--Test:Count=", "--Test:Limit=", "--Test:Wait=", "--Test:Origins=", "--Test:Password=");
        Assert.Empty(_given.Mistakes);
        Assert.Equal(new TestOptions { Name = "n" }, options);
    }

    [Fact]
    public void Read_ListAsOneText_IsDividedAtCommas() => Assert.Equal(["a", "b"], _given.Read("--Test:Name=n", "--Test:Origins=a, b")!.Origins);

    [Fact]
    public void Read_SeveralMistakes_SaysAllAtOnceWithKeyValueAndWhatIsAllowed()
    {
        var file = _given.File("appsettings.json", """{"Test": {"Wait": "soon", "Colour": "blue", "Items": [{"Title": "t"}, {"Size": "big", "Key": "k"}]}, "Tset": {}}""");
        Assert.Null(_given.Read("--Test:Count=101", "--Test:Cuont=5", "--Test:Target=nowhere", "--Test:On=yes", "--Test:Password:x=1", "what"));
        Assert.Collection(
            _given.Mistakes.Order(StringComparer.Ordinal),
            m => Assert.Equal("Test:Colour in " + file + " is 'blue'; it takes one of Red, Green", m),
            m => Assert.Equal("Test:Count is 101, not up to 100", m),
            m => Assert.Equal("Test:Cuont on the command line is no option; did you mean Test:Count?", m),
            m => Assert.Equal("Test:Items:0:Key is required (or Test:Items:0:KeyFile, the path of a file that holds it)", m.TrimEnd(' ', ':')),
            m => Assert.Equal("Test:Items:1:Size in " + file + " is 'big'; it takes a whole number", m),
            m => Assert.Equal("Test:Items:1:Title is required", m.TrimEnd(' ', ':')),
            m => Assert.Equal("Test:Name is required", m.TrimEnd(' ', ':')),
            m => Assert.Equal("Test:On on the command line is 'yes'; it takes true or false", m),
            m => Assert.Equal("Test:Password on the command line is a section; it takes a text", m),
            m => Assert.Equal("Test:Target on the command line is 'nowhere'; it takes an address such as http://host:8123", m),
            m => Assert.Equal("Test:Wait in " + file + " is 'soon'; it takes a duration such as 500ms, 30s, 30m, 2h or 1.00:00:00", m),
            m => Assert.Equal("Tset in " + file + " is no section; did you mean Test?", m),
            m => Assert.Equal("what is no argument; settings are written --Section:Key=value, see --help", m));
    }

    [Theory]
    [InlineData("{", "is not a JSON file of settings")]
    [InlineData("[1]", "is not a JSON file of settings")]
    [InlineData("{\"Test\": {\"Name\": \"a\", \"name\": \"b\"}}", "is not a JSON file of settings")]
    public void Read_FileThatIsNoSettings_IsOneMistakeBesideTheOthers(string text, string mistake)
    {
        var file = _given.File("appsettings.json", text);
        Assert.Null(_given.Read("--Test:Count=x"));
        Assert.Contains(_given.Mistakes, m => m.StartsWith(file + " " + mistake, StringComparison.Ordinal));
        Assert.Contains(_given.Mistakes, m => m.StartsWith("Test:Count ", StringComparison.Ordinal));
        Assert.DoesNotContain(_given.Mistakes, m => m.Contains(Environment.NewLine, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_NamedFileIsMissing_IsAMistake()
    {
        Assert.Null(_given.Read("--Test:Name=n", "--config=" + Path.Combine(_given.Folder, "none.json")));
        Assert.Contains("there is no file", Assert.Single(_given.Mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SectionsOfOtherServices_AreNotLookedInto()
    {
        _given.File("appsettings.json", """{"Test": {"Name": "n"}, "Sessionizer": {"Whatever": 1}}""");
        Assert.NotNull(_given.Read());
    }
}
