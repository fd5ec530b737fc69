using System.Net.Http.Headers;
using System.Text;

namespace Tidemark.LoadTests.Traffic;

/// <summary>Requests to the collector's doors as SDKs make them: the write key as the user name of basic authentication.</summary>
internal static class Posting
{
    internal const string LivePath = "/v1/events";

    internal static HttpRequestMessage Events(Uri door, string key, HttpContent events)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, door) { Content = events };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(key + ":")));
        return request;
    }
}
