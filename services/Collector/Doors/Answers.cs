using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Doors;

/// <summary>The bodies of answers: what happened to a batch, or why a request was refused. Never the text of an exception.</summary>
internal static class Answers
{
    internal static byte[] Batch(int accepted, IReadOnlyList<Rejection> rejections)
    {
        var buffer = new ArrayBufferWriter<byte>(64 + rejections.Count * 48);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("accepted"u8, accepted);
            json.WriteStartArray("rejected"u8);
            foreach (var rejection in rejections)
            {
                json.WriteStartObject();
                json.WriteNumber("index"u8, rejection.Index);
                json.WriteString("code"u8, RejectCodes.Utf8Name(rejection.Code));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    internal static Task SendAsync(HttpContext context, byte[] body)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    internal static Task RefuseAsync(HttpContext context, RejectCode code, int retryAfterSeconds)
    {
        var response = context.Response;
        response.StatusCode = RejectCodes.Status(code);
        if (response.StatusCode is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = retryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return SendAsync(context, JsonSerializer.SerializeToUtf8Bytes(new Refusal(RejectCodes.Name(code), RejectCodes.Text(code)), RefusalJson.Default.Refusal));
    }
}
