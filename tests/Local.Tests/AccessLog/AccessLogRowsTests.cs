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
    [InlineData("192.0.2.1  -  -  ")]
    [InlineData("192.0.2.1:50432 - - ")]
    [InlineData("::ffff:192.0.2.1 - - ")]
    [InlineData("::FFFF:c000:0201 - - ")]
    [InlineData("[::ffff:192.0.2.1]:50432 - - ")]
    [InlineData("www.example.org ::ffff:192.0.2.1 - - ")]
    [InlineData("192.0.2.1, 10.0.0.2 - - ")]
    [InlineData("192.0.2.1,10.0.0.2 - jane ")]
    [InlineData("192.0.2.1, ::ffff:198.51.100.200, unknown,[2001:db8::9]:443 - - ")]
    [InlineData("www.example.org:443 192.0.2.1, 10.0.0.2 - - ")]
    [InlineData("192.0.2.1 - Anna - Sales ")]
    public void Read_WhateverStandsInFront_ItIsTheSameVisitor(string prefix)
    {
        var expected = ImportFixture.Read(ImportFormat.AccessLog, $"192.0.2.1 - - {Rest}").Visitors;
        Assert.Equal(expected, ImportFixture.Read(ImportFormat.AccessLog, prefix + Rest).Visitors);
        Assert.Matches("^[0-9a-f]{16}$", expected);
    }

    [Theory]
    [InlineData("Mar  5 13:00:00 web1 nginx: 192.0.2.1 - - ")]
    [InlineData("192.0.2.1 10.0.0.2 - - ")]
    [InlineData("10.0.0.2 192.0.2.1 - jane ")]
    [InlineData("192.0.2.1 proxy.example.org - - ")]
    [InlineData("192.0.2.1 - 10.0.0.2 ")]
    [InlineData("10.0.0.2 - 192.0.2.1 - ")]
    [InlineData("10.0.0.2 - 192.0.2.1:4711 jane ")]
    [InlineData("10.0.0.2 - \"192.0.2.1, 10.0.0.3\" - ")]
    [InlineData("10.0.0.2 - - - ")]
    [InlineData("192.0.2.1, 10.0.0.2 10.0.0.3 - - ")]
    [InlineData("unknown, 192.0.2.1 - - ")]
    [InlineData("-, 192.0.2.1 - - ")]
    [InlineData("192.0.2.1, - - ")]
    [InlineData("- 192.0.2.1 - - ")]
    [InlineData("\"192.0.2.1\" 10.0.0.2 - - ")]
    [InlineData("www.example.org 192.0.2.1 - ")]
    [InlineData("192.0.2.1 - ")]
    [InlineData("web1 - 192.0.2.1 - - ")]
    [InlineData("- - - ")]
    [InlineData("")]
    public void Read_ForeignPrefix_IsRejected(string prefix)
    {
        var result = ImportFixture.Read(ImportFormat.AccessLog, $"192.0.2.1 - - {Rest}\n{prefix}{Rest}\n");
        Assert.Equal(["2:log_format"], result.Rejected);
    }

    [Theory]
    [InlineData("2001:db8::1", "[2001:db8::1]:443")]
    [InlineData("2001:db8::1", "[2001:db8::1]")]
    [InlineData("2001:db8::1", "2001:DB8:0:0::1")]
    public void Read_OneIpv6Address_IsOneVisitor(string one, string other) =>
        Assert.Single(ImportFixture.Read(ImportFormat.AccessLog, $"{one} - - {Rest}\n{other} - - {Rest}\n").Visitors.Split(' ').Distinct());

    /// <summary>nginx's packages write it by default (log_format main); "-" says that there was none.</summary>
    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("192.0.2.1, 10.0.0.2", true)]
    [InlineData("192.0.2.1,10.0.0.2, unknown", true)]
    [InlineData("::ffff:192.0.2.1", true)]
    [InlineData("-", false)]
    [InlineData("", false)]
    [InlineData("unknown, 192.0.2.1", false)]
    [InlineData("192.0.2.1:8080", false)]
    [InlineData("192.0.2.1, Host-x", false)]
    [InlineData("Host-x", false)]
    public void Read_ForwardedForBehindTheAgent_IsTheClientWhereItNamesOne(string field, bool client)
    {
        var expected = ImportFixture.Read(ImportFormat.AccessLog, $"{(client ? "192.0.2.1" : "10.0.0.9")} - - {Rest}").Visitors;
        foreach (var behind in new[] { "", " 0.003", " \"203.0.113.7\"" })
        {
            var result = ImportFixture.Read(ImportFormat.AccessLog, $"10.0.0.9 - - {Rest}\"{field}\"{behind}");
            Assert.Empty(result.Rejected);
            Assert.Equal(expected, result.Visitors);
        }
    }

    [Fact]
    public void Read_TwoClientsBehindOneProxy_AreTwoVisitors() =>
        Assert.Equal(2, ImportFixture.Read(ImportFormat.AccessLog, $"192.0.2.1, 10.0.0.2 - - {Rest}\n192.0.2.3, 10.0.0.2 - - {Rest}\n").Visitors.Split(' ').Distinct().Count());

    /// <summary>What stands behind the request, with the referrer and the agent that are in it; null where the line is rejected.</summary>
    [Theory]
    [InlineData("200 5", "|")]
    [InlineData("200 5 ", "|")]
    [InlineData("200 - 881ms", "|")]
    [InlineData("200 5 0.003 12", "|")]
    [InlineData("200 5 \"-\" \"ua\"", "|ua")]
    [InlineData("200 5 \"\" \"\"", "|")]
    [InlineData("200  5  \"-\"   \"ua\"", "|ua")]
    [InlineData("200 5 \"http://r/\" \"ua\" \"203.0.113.5, 10.0.0.1\" 0.003 - [x]", "http://r/|ua")]
    [InlineData("200 5 - \"ua\"", "|ua")]
    [InlineData("200 5 - -", "|")]
    [InlineData("200 5 \"http://r/\" -", "http://r/|")]
    [InlineData("200 5 - \"ua\" 50405 \"Host-x\" \"http://172.18.0.11:8080\" 881ms", "|ua")]
    [InlineData("200 - - \"ua\" 50405 \"Host-x\"", "|ua")]
    [InlineData("200 5 5 \"-\" \"ua\"", null)]
    [InlineData("200 5 - \"-\" \"ua\"", null)]
    [InlineData("200 5 - \"http://r/\" \"ua\" 7", null)]
    [InlineData("200 5 0.003 \"-\" \"ua\"", null)]
    [InlineData("200 5 881ms \"ua\"", null)]
    [InlineData("200 5 http://r/ \"ua\"", null)]
    [InlineData("200 5 Mozilla/5.0", null)]
    [InlineData("200 5 -", null)]
    [InlineData("200 5 \"-\"", null)]
    [InlineData("200 5 \"-\" ua", null)]
    [InlineData("200 5 \"-\"\"ua\"", null)]
    [InlineData("200 5 \"-\" \"the \"best\" ua\"", null)]
    [InlineData("200 5 \"-\" \"ua\" \"203.0.113", null)]
    [InlineData("200 5\t\"-\" \"ua\"", null)]
    [InlineData("200 5,3 \"-\" \"ua\"", null)]
    [InlineData("200", null)]
    public void Read_BehindTheRequest_IsReadToItsEndOrRejected(string rest, string? expected)
    {
        foreach (var (before, after) in new[] { ("", ""), ("\"", "\"") })
        {
            var result = ImportFixture.Read(ImportFormat.AccessLog, $"192.0.2.1 - - {Rest}\n{before}192.0.2.1 - - [05/Mar/2024:13:00:01 +0000] \"GET /p HTTP/1.1\" {rest}{after}\n");
            Assert.Equal(expected is null ? ["2:log_format"] : [], result.Rejected);
            if (expected is not null)
                Assert.Equal(expected, $"{result.Events[1].Event.Text("context", "page", "referrer")}|{result.Events[1].Event.Text("context", "userAgent")}");
        }
    }

    [Theory]
    [InlineData("31/Dec/2016:23:59:60 +0000", "2016-12-31T23:59:59.000Z")]
    [InlineData("31/Dec/2016:18:59:60 -0500", "2016-12-31T23:59:59.000Z")]
    [InlineData("31/Dec/2016:23:59:60 -0500", "")]
    [InlineData("31/Dec/2016:11:31:60 +0000", "")]
    [InlineData("31/Dec/2016:23:59:61 +0000", "")]
    public void Read_Second60_IsTheLastOfItsDayOrNone(string time, string expected)
    {
        var result = ImportFixture.Read(ImportFormat.AccessLog, $"192.0.2.1 - - {Rest}\n192.0.2.1 - - [{time}] \"GET /leap HTTP/1.1\" 200 5\n");
        Assert.Equal(expected, string.Join(' ', result.Events.Where(e => e.Event.Text("context", "page", "path") == "/leap").Select(e => e.Event.Text("timestamp"))));
        Assert.Equal(expected.Length > 0 ? [] : ["2:log_format"], result.Rejected);
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
