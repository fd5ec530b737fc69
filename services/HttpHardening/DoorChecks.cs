using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tidemark.HttpHardening.Connections;
using Tidemark.HttpHardening.Pages;
using Tidemark.HttpHardening.Requests;

namespace Tidemark.HttpHardening;

/// <summary>
/// What every request of a port passes before a handler sees it: framing (<see cref="Framing"/>), host (<see cref="ServedHosts"/>), page (<see cref="PageGuard"/>); and what
/// every answer has (<see cref="AnswerHeaders"/>). Whatever a handler throws ends here: what the client did without a word in the log, a bug with its stack.
/// </summary>
public static class DoorChecks
{
    /// <summary>Puts the checks in front of everything that is added later.</summary>
    public static void UseDoorChecks(this WebApplication app, DoorRules rules)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(rules);
        var guard = new PageGuard(rules.Origins);
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Tidemark.HttpHardening");
        var stopping = app.Lifetime.ApplicationStopping;
        app.Use(next => context => ServeAsync(context, next, rules, guard, logger, stopping));
    }

    private static async Task ServeAsync(HttpContext context, RequestDelegate next, DoorRules rules, PageGuard guard, ILogger logger, CancellationToken stopping)
    {
        var share = context.Features.Get<ConnectionShare>();
        share?.BeginRequest();
        try
        {
            await AnswerAsync(context, next, rules, guard, logger);
            await UnreadBody.DropAsync(context, stopping);
        }
        finally
        {
            share?.EndRequest();
        }
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next, DoorRules rules, PageGuard guard, ILogger logger)
    {
        try
        {
            AnswerHeaders.Put(context.Response);
            await (Refuse(context, rules, guard) ?? next(context));
        }
        catch (Exception e)
        {
            await FailAsync(context, e, logger);
        }
    }

    /// <summary>The refusal under way; null when the request may go on.</summary>
    private static Task? Refuse(HttpContext context, DoorRules rules, PageGuard guard)
    {
        var request = context.Request;
        if (Framing.Fault(request) is { } fault)
            return PlainAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, fault);
        if (!rules.Hosts.Serves(context))
        {
            return PlainAnswer.WriteAsync(context, StatusCodes.Status421MisdirectedRequest,
                $"'{PlainAnswer.Quote(request.Headers.Host)}' is not a host that this port serves. If it is a name of this machine, allow it with {rules.HostsOption}.");
        }
        if (context.GetEndpoint()?.Metadata.GetMetadata<OpenToPages>() is not null || guard.Lets(context, out var preflight))
            return null;
        if (preflight)
            return Task.CompletedTask;
        var remedy = rules.OriginsOption is { } option ? $" If it is your own page, allow its origin with {option}." : "";
        return PlainAnswer.WriteAsync(context, StatusCodes.Status403Forbidden, $"A web page of another origin may not ask for this.{remedy}");
    }

    private static Task FailAsync(HttpContext context, Exception e, ILogger logger)
    {
        var gone = context.RequestAborted.IsCancellationRequested;
        var status = e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
        if (!gone && status == StatusCodes.Status500InternalServerError && e is not IAnswerCutOff)
            HardeningLog.RequestFailed(logger, e);
        // Kestrel ends an answer that has begun so that the client sees it is not whole.
        if (context.Response.HasStarted)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
        if (gone)
            return Task.CompletedTask;
        context.Response.Clear();
        AnswerHeaders.Put(context.Response);
        return PlainAnswer.WriteAsync(context, status, status == StatusCodes.Status500InternalServerError ? "The request failed." : "The request is malformed.");
    }
}
