using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Tidemark.ServiceDefaults;

/// <summary>Hides an endpoint from every other listener. By the connection's port, not by the Host header, which is the client's to choose.</summary>
internal static class ManagementPort
{
    internal static void Restrict(EndpointBuilder endpoint, int port)
    {
        var inner = endpoint.RequestDelegate;
        endpoint.RequestDelegate = context =>
        {
            if (context.Connection.LocalPort == port && inner is not null)
                return inner(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
    }
}
