using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>One request: what goes into the URL, the headers and the body.</summary>
internal sealed record AttackRequest(string Url, byte[]? Body)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public override string ToString()
    {
        var headers = string.Concat(Headers.Select(header => $" | {header.Name}: {header.Value}"));
        var body = Body is null ? "" : " | " + (Array.TrueForAll(Body, b => b is >= 0x20 and < 0x7F or (byte)'\n' or (byte)'\r' or >= 0xC2) ? Encoding.UTF8.GetString(Body) : Convert.ToBase64String(Body));
        return $"{(Body is null ? "GET" : "POST")} {Url}{headers}{body}";
    }
}

/// <summary>What one client sends, in order. Any answer is right as long as it comes and no canary notices.</summary>
internal sealed record Attack(params AttackRequest[] Steps)
{
    public override string ToString() => string.Join("\n      then ", Steps.Select(step => step.ToString()));

    /// <summary>A statement in the body.</summary>
    public static Attack Sql(string sql, string url = "/") => new(Post(url, sql));

    /// <summary>A statement in the URL.</summary>
    public static Attack Get(string sql, string more = "") => new(new AttackRequest($"/?query={Uri.EscapeDataString(sql)}{more}", null));

    /// <summary>Statements of one session.</summary>
    public static Attack Session(params string[] statements)
    {
        var url = $"/?session_id={Guid.NewGuid():N}&session_timeout=1";
        return new([.. statements.Select(sql => Post(url, sql))]);
    }

    /// <summary>A table sent along as a file of a form: its fields, its data, and the statement.</summary>
    public static Attack Form(string sql, IEnumerable<(string Name, string Value)> fields, string table = "t", string data = "1\n")
    {
        var form = new StringBuilder();
        foreach (var (name, value) in fields)
            form.Append($"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        form.Append($"--b\r\nContent-Disposition: form-data; name=\"{table}\"; filename=\"t\"\r\nContent-Type: application/octet-stream\r\n\r\n{data}\r\n--b--\r\n");
        return new(new AttackRequest($"/?query={Uri.EscapeDataString(sql)}", Encoding.UTF8.GetBytes(form.ToString())) { Headers = [("Content-Type", "multipart/form-data; boundary=b")] });
    }

    public static AttackRequest Post(string url, string body) => new(url, Encoding.UTF8.GetBytes(body));
}
