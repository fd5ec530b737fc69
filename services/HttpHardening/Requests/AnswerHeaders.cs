using Microsoft.AspNetCore.Http;

namespace Tidemark.HttpHardening.Requests;

/// <summary>On every answer: it is data, not a page. A browser that shows it runs nothing in it, and no page may frame it.</summary>
internal static class AnswerHeaders
{
    internal static void Put(HttpResponse response)
    {
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'";
    }
}
