using System.Runtime.InteropServices;
using Tidemark.ClickHouse.Embedded.Confinement;

namespace Tidemark.ClickHouse.Embedded.Tests.Confinement;

/// <summary>The filter's program on a machine of the test's own, so that both architectures are seen.</summary>
public sealed class CallFilterTests
{
    const uint Allowed = 0x7FFF0000;
    const uint Killed = 0x80000000;

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void Program_DeniedCalls_FailWithTheirError(Architecture architecture)
    {
        foreach (var call in DeniedCalls.Always)
        {
            var number = architecture == Architecture.X64 ? call.X64 : call.Arm64;
            if (number != 0)
                Assert.Equal((call.Name, 0x00050000 | (uint)call.Error), (call.Name, Run(architecture, number)));
        }
    }

    [Theory]
    // read, write, openat, mmap, futex, accept4, recvmsg, rename, exit_group
    [InlineData(Architecture.X64, 0, 1, 257, 9, 202, 288, 47, 82, 231)]
    [InlineData(Architecture.Arm64, 63, 64, 56, 222, 98, 242, 212, 276, 94)]
    public void Program_CallsThatTheEngineMakes_AreAllowed(Architecture architecture, params int[] calls)
        => Assert.All(calls, call => Assert.Equal(Allowed, Run(architecture, call, 1, 2, 3, 4, 5)));

    [Theory]
    [InlineData(Architecture.X64, 56)]
    [InlineData(Architecture.Arm64, 220)]
    public void Program_Clone_IsForThreadsOnly(Architecture architecture, int clone)
    {
        Assert.Equal(Allowed, Run(architecture, clone, 0x3D0F00));
        Assert.Equal(Refused, Run(architecture, clone, 0x1200011));
        // The high half of the flags does not count.
        Assert.Equal(Refused, Run(architecture, clone, 0x0001000000000011));
    }

    [Theory]
    [InlineData(Architecture.X64, 44, 46, 307)]
    [InlineData(Architecture.Arm64, 206, 211, 269)]
    public void Program_Sending_ConnectsNowhere(Architecture architecture, int sendto, int sendmsg, int sendmmsg)
    {
        Assert.Equal(Allowed, Run(architecture, sendto, 5, 1000, 10, 0x4000, 0, 0));
        Assert.Equal(Refused, Run(architecture, sendto, 5, 1000, 10, 0x20000000, 0, 0));
        Assert.Equal(Refused, Run(architecture, sendto, 5, 1000, 10, 0, 1, 16));
        Assert.Equal(Refused, Run(architecture, sendto, 5, 1000, 10, 0, 1L << 40, 16));
        Assert.Equal(Allowed, Run(architecture, sendmsg, 5, 1000, 0x4000));
        Assert.Equal(Refused, Run(architecture, sendmsg, 5, 1000, 0x20004000));
        Assert.Equal(Allowed, Run(architecture, sendmmsg, 5, 1000, 1, 0x4000));
        Assert.Equal(Refused, Run(architecture, sendmmsg, 5, 1000, 1, 0x20004000));
    }

    [Fact]
    public void Program_OtherTablesOfCalls_AreNoWayAround()
    {
        Assert.Equal(Killed, Run(CallFilter.Program(Architecture.X64)!, 0x40000003, 11));
        Assert.Equal(Killed, Run(CallFilter.Program(Architecture.Arm64)!, 0xC000003E, 63));
        Assert.Equal(Refused, Run(Architecture.X64, 0x40000000 | 520));
        Assert.Null(CallFilter.Program(Architecture.Wasm));
    }

    static uint Refused => 0x00050001;

    static uint Run(Architecture architecture, int call, params long[] arguments)
        => Run(CallFilter.Program(architecture)!, architecture == Architecture.X64 ? 0xC000003E : 0xC00000B7, call, arguments);

    static uint Run(IReadOnlyList<FilterInstruction> program, uint name, int call, params long[] arguments)
    {
        var data = new byte[64];
        MemoryMarshal.Write(data, call);
        MemoryMarshal.Write(data.AsSpan(4), name);
        for (var i = 0; i < arguments.Length; i++)
            MemoryMarshal.Write(data.AsSpan(16 + (8 * i)), arguments[i]);
        uint loaded = 0;
        for (var at = 0; ; at++)
        {
            var step = program[at];
            switch (step.Code)
            {
                case 0x20:
                    loaded = MemoryMarshal.Read<uint>(data.AsSpan((int)step.Value));
                    break;
                case 0x05:
                    at += (int)step.Value;
                    break;
                case 0x06:
                    return step.Value;
                case 0x15 or 0x35 or 0x45:
                    at += (step.Code == 0x15 ? loaded == step.Value : step.Code == 0x35 ? loaded >= step.Value : (loaded & step.Value) != 0) ? step.Then : step.Otherwise;
                    break;
                default:
                    Assert.Fail($"unknown step {step.Code}");
                    break;
            }
        }
    }
}
