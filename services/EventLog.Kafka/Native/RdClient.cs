using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Tidemark.EventLog.Kafka.Native;

/// <summary>Makes a client of librdkafka from Confluent.Kafka's typed settings, with callbacks into managed code.</summary>
internal static unsafe class RdClient
{
    private const int ErrorBytes = 512;

    /// <summary><paramref name="owner"/> is what the callbacks are handed; it has to outlive the client.</summary>
    internal static nint Create(int type, ClientConfig settings, GCHandle owner, delegate* unmanaged[Cdecl]<nint, RdMessage*, nint, void> delivered)
    {
        var error = stackalloc byte[ErrorBytes];
        var conf = Rd.ConfNew();
        foreach (var (name, value) in settings)
        {
            // Confluent.Kafka's own, not librdkafka's.
            if (name.StartsWith("dotnet.", StringComparison.Ordinal))
                continue;
            if (Rd.ConfSet(conf, name, value, error, ErrorBytes) == 0)
                continue;
            Rd.ConfDestroy(conf);
            throw new LogSettingsException($"librdkafka refuses the setting {name}: {Rd.Text(error)}.");
        }
        Rd.ConfSetOpaque(conf, GCHandle.ToIntPtr(owner));
        Rd.ConfSetLog(conf, &OnLog);
        Rd.ConfSetError(conf, &OnError);
        if (delivered is not null)
            Rd.ConfSetDelivery(conf, delivered);
        var client = Rd.New(type, conf, error, ErrorBytes);
        if (client != nint.Zero)
            return client;
        Rd.ConfDestroy(conf);
        throw new LogSettingsException($"librdkafka does not start: {Rd.Text(error)}.");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(nint client, int level, byte* facility, byte* text)
    {
        if (Owner(Rd.Opaque(client)) is { } owner)
            owner.OnLog(level, Rd.Text(facility), Rd.Text(text));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(nint client, int error, byte* reason, nint opaque)
    {
        if (Owner(opaque) is { } owner)
            owner.OnError(error, Rd.Text(reason));
    }

    private static IRdOwner? Owner(nint opaque) => opaque == nint.Zero ? null : GCHandle.FromIntPtr(opaque).Target as IRdOwner;
}

/// <summary>Hears what a client has to say besides data. Called on librdkafka's threads; must not throw.</summary>
internal interface IRdOwner
{
    void OnLog(int level, string facility, string text);

    void OnError(int error, string reason);
}
