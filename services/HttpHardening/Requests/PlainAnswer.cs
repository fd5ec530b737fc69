using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tidemark.HttpHardening.Requests;

/// <summary>An answer that no browser takes for a page, whatever is in it.</summary>
internal static class PlainAnswer
{
    private const int LongestQuote = 100;

    internal static Task WriteAsync(HttpContext context, int status, string text)
    {
        var body = Encoding.UTF8.GetBytes(text + "\n");
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=UTF-8";
        response.ContentLength = body.Length;
        // What follows is not read.
        response.Headers.Connection = "close";
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>A part of the request for a message: visible ASCII only, cut where it is long.</summary>
    internal static string Quote(string? text)
    {
        text ??= "";
        var cut = text.Length > LongestQuote ? text[..LongestQuote] + "..." : text;
        return string.Concat(cut.Select(static c => c is > ' ' and < '\x7f' and not ('<' or '>' or '&' or '"' or '\'') ? c : '?'));
    }
}
