using Microsoft.AspNetCore.Http;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>Turns what reading a multipart form throws into the server's error, in one place: no end, a boundary that is none, headers of a part that are none.</summary>
internal static class MalformedForm
{
    public static async Task<T> GuardAsync<T>(HttpRequest http, QueryRequest request, Task<T> reading)
    {
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch (Exception e) when (e is FormatException or IOException and not BadHttpRequestException || (e is InvalidDataException && !IsPacked(http, request)))
        {
            if (http.HttpContext.RequestAborted.IsCancellationRequested)
                throw;
            throw EngineErrorException.Of(36, "BAD_ARGUMENTS", "The multipart form is malformed");
        }
    }

    // Then it is the compression that is broken, which has an error of its own.
    static bool IsPacked(HttpRequest http, QueryRequest request) => http.Headers.ContentEncoding.Count > 0 || request.Decompress;
}
