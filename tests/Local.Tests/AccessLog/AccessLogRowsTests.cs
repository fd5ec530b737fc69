using Tidemark.Local.Import;

namespace Tidemark.Local.Tests.AccessLog;

public sealed class AccessLogRowsTests
{
    private const string Rest = """[05/Mar/2024:13:00:00 +0000] "GET /p HTTP/1.1" 200 5 "-" "ua/1.0" """;

    [Theory]
    [InlineData("192.0.2.1 - - ")]
    [InlineData("192.0.2.1 - Jane Q Public ")]
    [InlineData("192.0.2.1 - \"\" ")]
    [InlineData("192.0.2.1 unix17 - ")]
    [InlineData("www.example.org 192.0.2.1 - - ")]
    [InlineData("www.example.org:443 192.0.2.1 - Jane Q Public ")]
    [InlineData("192.0.2.9:443 192.0.2.1 - - ")]
    [InlineData("[2001:db8::9]:443 192.0.2.1 - - ")]
    [InlineData("\0\0\0192.0.2.1 - - ")]
    public void Read_WhateverStandsInFront_ItIsTheSameVisitor(string prefix)
    {
        var expected = ImportFixture.Read(ImportFormat.AccessLog, $"192.0.2.1 - - {Rest}").Visitors;
        Assert.Equal(expected, ImportFixture.Read(ImportFormat.AccessLog, prefix + Rest).Visitors);
        Assert.Matches("^[0-9a-f]{16}$", expected);
    }

    [Theory]
    [InlineData("Mar  5 13:00:00 web1 nginx: 192.0.2.1 - - ")]
    [InlineData("203.0.113.5, 192.0.2.1 - - ")]
    [InlineData("web1 - 192.0.2.1 - - ")]
    [InlineData("- - - ")]
    [InlineData("")]
    public void Read_ForeignPrefix_IsRejected(string prefix)
    {
        var result = ImportFixture.Read(ImportFormat.AccessLog, $"192.0.2.1 - - {Rest}\n{prefix}{Rest}\n");
        Assert.Equal(["2:log_format"], result.Rejected);
    }

    [Theory]
    [InlineData("GET /a?x=1 HTTP/1.1", "/a")]
    [InlineData("GET //a/b HTTP/2.0", "//a/b")]
    [InlineData("POST /a%2Fb", "/a%2Fb")]
    [InlineData("GET http://h/x#y HTTP/1.1", "/x")]
    [InlineData("GET http://h HTTP/1.1", "/")]
    [InlineData("GET /a b HTTP/1.1", "/a b")]
    [InlineData("GET /say\\\"hi\\\" HTTP/3", "/say\"hi\"")]
    [InlineData("GET /caf\\xc3\\xa9 HTTP/1.1", "/café")]
    [InlineData("GET /caf\\xe9 HTTP/1.1", "/caf\\xe9")]
    public void Read_Request_GivesThePathAsItStands(string request, string page) =>
        Assert.Equal(page, ImportFixture.Read(ImportFormat.AccessLog, $"192.0.2.1 - - [05/Mar/2024:13:00:00 +0000] \"{request}\" 200 5 \"-\" \"ua\"").Pages);

    [Theory]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("CONNECT h:443 HTTP/1.1")]
    [InlineData("OPTIONS * HTTP/1.1")]
    [InlineData("\\x16\\x03\\x01 /x")]
    [InlineData("GET x HTTP/1.1")]
    public void Read_RequestWithoutPath_IsNoPage(string request)
    {
        var result = ImportFixture.Read(ImportFormat.AccessLog, $"192.0.2.1 - - [05/Mar/2024:13:00:00 +0000] \"{request}\" 400 0 \"-\" \"-\"");
        Assert.Equal(["1:no_page"], result.Rejected);
    }

    [Fact]
    public void Read_LineCutAnywhere_IsRejectedOrShorterOnlyBehindItsSize()
    {
        var whole = $"192.0.2.1 - - {Rest}".TrimEnd();
        var size = whole.IndexOf(" 5 ", StringComparison.Ordinal) + 2;
        for (var length = 1; length < whole.Length; length++)
        {
            var result = ImportFixture.Read(ImportFormat.AccessLog, $"{whole}\n{whole[..length]}");
            Assert.True(result.Rejected.Count == 1 || length == size || length == size + 1, $"cut at {length}: {whole[..length]}");
        }
    }

    [Fact]
    public void Read_AddressAndAgentJoinedDifferently_AreTwoVisitors()
    {
        string Line(string address, string agent) => $"{address} - - [05/Mar/2024:13:00:00 +0000] \"GET /p HTTP/1.1\" 200 5 \"-\" \"{agent}\"\n";
        var result = ImportFixture.Read(ImportFormat.AccessLog, Line("192.0.2.1", "1 x") + Line("192.0.2.11", " x") + Line("192.0.2.1", "1 x"));
        Assert.Equal(2, result.Visitors.Split(' ').Distinct().Count());
    }
}
