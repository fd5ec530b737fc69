using System.ComponentModel;
using System.Runtime.InteropServices;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Confinement;

/// <summary>
/// Linux's Landlock: a thread names what it and everything that it executes may still open, and gives up the rest for good. No privileges are needed.
/// The kernel counts what it knows in versions (ABI); a bit that its version lacks is refused, so the masks go by it. Source: landlock(7).
/// </summary>
internal static unsafe class Landlock
{
    /// <summary>The first version that lets files be moved between folders (Linux 5.19): without it, mutations and DROP TABLE fail.</summary>
    public const int FirstUsable = 2;

    /// <summary>The first version that knows TCP (Linux 6.7).</summary>
    public const int FirstWithNetwork = 4;

    const long CreateRuleset = 444;
    const long AddRule = 445;
    const long RestrictSelf = 446;

    const nuint AskVersion = 1;
    const nuint RulePath = 1;
    const nuint RulePort = 2;
    const ulong BindTcp = 1;
    const ulong ConnectTcp = 2;
    const ulong ScopeAbstractSockets = 1;
    const ulong ScopeSignals = 2;

    /// <summary>The kernel's version of Landlock; 0 with the reason when there is none or it is switched off.</summary>
    public static int Version(out string? why)
    {
        why = null;
        var version = SystemCalls.syscall(CreateRuleset, 0, 0, AskVersion, 0);
        if (version >= FirstUsable)
            return (int)version;
        why = version > 0 ? "this kernel's Landlock is too old (Linux 5.19 or later is needed)" : Marshal.GetLastPInvokeError() switch
        {
            SystemCalls.NoSuchCall => "this kernel has no Landlock (Linux 5.19 or later is needed)",
            SystemCalls.NotSupported => "Landlock is switched off (it is not in the kernel's list of security modules)",
            var error => $"Landlock is not allowed here ({Describe(error)})",
        };
        return 0;
    }

    /// <summary>Restricts the calling thread and all that it executes to the rules and to listening on one TCP port (0: any free one).</summary>
    /// <exception cref="EngineException">The kernel refuses what its version should know.</exception>
    public static void Restrict(int version, IEnumerable<PathRule> rules, int port)
    {
        var handled = Known(version);
        var attributes = new Attributes
        {
            Files = (ulong)handled,
            Network = version >= FirstWithNetwork ? BindTcp | ConnectTcp : 0,
            Scoped = version >= 6 ? ScopeAbstractSockets | ScopeSignals : 0,
        };
        nuint size = version switch { < FirstWithNetwork => 8, < 6 => 16, _ => 24 };
        var ruleset = (int)Check(SystemCalls.syscall(CreateRuleset, (nuint)(&attributes), size, 0, 0), "the set of rules cannot be made");
        foreach (var rule in rules)
            Allow(ruleset, rule, handled);
        if (version >= FirstWithNetwork)
        {
            var listen = new Port { Access = BindTcp, Number = (ulong)port };
            Check(SystemCalls.syscall(AddRule, (nuint)ruleset, RulePort, (nuint)(&listen), 0), "the rule for the port cannot be made");
        }

        if (!SystemCalls.GiveUpNewPrivileges())
            throw Failed("new privileges cannot be given up");
        Check(SystemCalls.syscall(RestrictSelf, (nuint)ruleset, 0, 0, 0), "the rules cannot be put in force");
        _ = SystemCalls.close(ruleset);
    }

    // Rights by the version that brought them; a right that is not handled is free for everybody.
    static FileAccessRights Known(int version) => version switch
    {
        2 => (FileAccessRights)0x3FFF,
        3 or 4 => (FileAccessRights)0x7FFF,
        _ => (FileAccessRights)0xFFFF,
    };

    static void Allow(int ruleset, PathRule rule, FileAccessRights handled)
    {
        var file = SystemCalls.open(rule.Path, SystemCalls.OpenPath | SystemCalls.OpenCloseOnExec);
        // Not there on this machine: nothing to allow.
        if (file < 0)
            return;
        var rights = rule.Rights & handled;
        var beneath = new PathBeneath { Access = (ulong)(Directory.Exists(rule.Path) ? rights : rights & FileAccessRights.OfFiles), Descriptor = file };
        Check(SystemCalls.syscall(AddRule, (nuint)ruleset, RulePath, (nuint)(&beneath), 0), $"the rule for {rule.Path} cannot be made");
        _ = SystemCalls.close(file);
    }

    static long Check(long result, string what) => result >= 0 ? result : throw Failed(what);

    static EngineException Failed(string what) => new(EngineFailure.Failed, $"the engine cannot be confined: {what} ({Describe(Marshal.GetLastPInvokeError())})");

    static string Describe(int error) => $"errno {error}, {new Win32Exception(error).Message}";

    [StructLayout(LayoutKind.Sequential)]
    struct Attributes
    {
        public ulong Files;
        public ulong Network;
        public ulong Scoped;
    }

    // 12 bytes: the kernel's structure is packed.
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    struct PathBeneath
    {
        public ulong Access;
        public int Descriptor;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Port
    {
        public ulong Access;
        public ulong Number;
    }
}
