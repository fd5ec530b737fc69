using System.Runtime.InteropServices;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Confinement;

/// <summary>
/// Linux's seccomp filter: a small program that the kernel runs before every call of this process. It cannot be taken off again, and new threads inherit it.
/// Source: seccomp(2), linux/filter.h.
/// </summary>
internal static unsafe class CallFilter
{
    const int SetModeFilter = 1;
    const nuint AllThreads = 1;

    // What the kernel lays before the program: call, architecture, instruction pointer, six arguments of eight bytes, low half first.
    const uint CallNumber = 0;
    const uint ArchitectureName = 4;
    const uint FirstArgument = 16;

    const uint Allow = 0x7FFF0000;
    const uint FailWith = 0x00050000;
    const uint Kill = 0x80000000;

    // Numbers of x32, a second table of calls that x64 kernels may have, begin here.
    const uint SecondTable = 0x40000000;

    const uint X64Name = 0xC000003E;
    const uint Arm64Name = 0xC00000B7;

    /// <summary>Null when there are no numbers for the architecture.</summary>
    public static IReadOnlyList<FilterInstruction>? Program(Architecture architecture) => architecture switch
    {
        Architecture.X64 => Program(X64Name, static call => call.X64, hasSecondTable: true),
        Architecture.Arm64 => Program(Arm64Name, static call => call.Arm64, hasSecondTable: false),
        _ => null,
    };

    /// <summary>Puts the filter on every thread of this process; null, or why it could not be done.</summary>
    public static string? Install()
    {
        if (Program(RuntimeInformation.ProcessArchitecture) is not { } program)
            return $"there is no filter of system calls for {RuntimeInformation.ProcessArchitecture}";
        if (!SystemCalls.GiveUpNewPrivileges())
            return "new privileges cannot be given up";
        var number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 317 : 277;
        long result;
        fixed (FilterInstruction* instructions = program.ToArray())
        {
            var filter = new Filter { Count = (ushort)program.Count, Instructions = instructions };
            result = SystemCalls.syscall(number, SetModeFilter, AllThreads, (nuint)(&filter), 0);
        }

        return result switch
        {
            0 => null,
            > 0 => $"thread {result} does not take the filter of system calls",
            _ => $"a filter of system calls is not allowed here (errno {Marshal.GetLastPInvokeError()})",
        };
    }

    /// <summary>Whether the filter answers a connect: without it the kernel finds no such descriptor.</summary>
    public static bool IsInForce() => SystemCalls.connect(-1, null, 0) < 0 && Marshal.GetLastPInvokeError() == SystemCalls.NotPermitted;

    static List<FilterInstruction> Program(uint architecture, Func<DeniedCall, int> number, bool hasSecondTable)
    {
        List<FilterInstruction> program =
        [
            Load(ArchitectureName), SkipUnlessEqual(architecture, otherwise: 1), SkipAlways(1), Return(Kill),
            Load(CallNumber),
        ];
        if (hasSecondTable)
            program.AddRange([SkipUnlessAtLeast(SecondTable, otherwise: 1), Fail(SystemCalls.NotPermitted)]);
        foreach (var call in DeniedCalls.Always.Where(call => number(call) != 0))
            program.AddRange([SkipUnlessEqual((uint)number(call), otherwise: 1), Fail(call.Error)]);
        program.AddRange(When(number(DeniedCalls.Clone), [
            Load(Argument(0)), SkipUnlessBit(DeniedCalls.ThreadFlag, otherwise: 1), Return(Allow), Fail(SystemCalls.NotPermitted)]));
        foreach (var (call, flags) in DeniedCalls.FastOpen)
        {
            List<FilterInstruction> checks = [Load(Argument(flags)), SkipUnlessBit(DeniedCalls.FastOpenFlag, otherwise: 1), Fail(SystemCalls.NotPermitted)];
            if (call.Name == "sendto")
                checks.AddRange([
                    Load(Argument(DeniedCalls.SendToAddress)), SkipUnlessEqual(0, otherwise: 3),
                    Load(Argument(DeniedCalls.SendToAddress) + 4), SkipUnlessEqual(0, otherwise: 1), Return(Allow),
                    Fail(SystemCalls.NotPermitted)]);
            else
                checks.Add(Return(Allow));
            program.AddRange(When(number(call), checks));
        }

        program.Add(Return(Allow));
        return program;
    }

    // The checks end with a return each way: what they load is not the call's number any more.
    static IEnumerable<FilterInstruction> When(int number, List<FilterInstruction> checks) => [SkipUnlessEqual((uint)number, otherwise: (byte)checks.Count), .. checks];

    static uint Argument(int index) => FirstArgument + (8 * (uint)index);

    static FilterInstruction Load(uint offset) => new(0x20, 0, 0, offset);

    static FilterInstruction SkipAlways(uint count) => new(0x05, 0, 0, count);

    static FilterInstruction SkipUnlessEqual(uint value, byte otherwise) => new(0x15, 0, otherwise, value);

    static FilterInstruction SkipUnlessAtLeast(uint value, byte otherwise) => new(0x35, 0, otherwise, value);

    static FilterInstruction SkipUnlessBit(uint bit, byte otherwise) => new(0x45, 0, otherwise, bit);

    static FilterInstruction Fail(int error) => Return(FailWith | (uint)error);

    static FilterInstruction Return(uint value) => new(0x06, 0, 0, value);

    [StructLayout(LayoutKind.Sequential)]
    struct Filter
    {
        public ushort Count;
        public FilterInstruction* Instructions;
    }
}

/// <summary>One step of the kernel's filter machine; a comparison skips so many steps when it holds, and so many when it does not.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FilterInstruction(ushort Code, byte Then, byte Otherwise, uint Value);
