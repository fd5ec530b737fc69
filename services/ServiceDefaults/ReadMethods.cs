using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Tidemark.ServiceDefaults;

/// <summary>Keeps an endpoint that only tells something to GET and HEAD. By its own delegate: with method metadata a service's fallback route would take the other methods, as 404.</summary>
internal static class ReadMethods
{
    internal static void Restrict(EndpointBuilder endpoint)
    {
        var inner = endpoint.RequestDelegate;
        endpoint.RequestDelegate = context =>
        {
            if (inner is not null && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
                return inner(context);
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        };
    }
}
