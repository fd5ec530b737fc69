using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Confinement;

/// <summary>A call that the engine's process has no use for. 0: the architecture has no such call.</summary>
internal readonly record struct DeniedCall(string Name, int X64, int Arm64, int Error = SystemCalls.NotPermitted);

/// <summary>
/// The calls that are denied once the port listens and every connection to the engine is open. Numbers: asm/unistd_64.h of x64, asm-generic/unistd.h for arm64.
/// </summary>
internal static class DeniedCalls
{
    public static readonly DeniedCall[] Always =
    [
        // Programs. glibc makes threads with clone3, whose flags lie behind a pointer that a filter cannot follow: as if the kernel had none, it falls back to clone.
        new("execve", 59, 221), new("execveat", 322, 281), new("fork", 57, 0), new("vfork", 58, 0), new("clone3", 435, 435, SystemCalls.NoSuchCall),
        // Connections, and sockets of any kind: the one that listens is there, and accept makes those of its clients.
        new("connect", 42, 203), new("socket", 41, 198, SystemCalls.NoSuchFamily), new("socketpair", 53, 199, SystemCalls.NoSuchFamily), new("bind", 49, 200), new("listen", 50, 201),
        // Other processes, and this one's memory from outside.
        new("ptrace", 101, 117), new("process_vm_readv", 310, 270), new("process_vm_writev", 311, 271), new("pidfd_getfd", 438, 438),
        // Ways around the filter and into the kernel.
        new("bpf", 321, 280), new("io_uring_setup", 425, 425), new("io_uring_enter", 426, 426), new("io_uring_register", 427, 427),
        new("perf_event_open", 298, 241), new("userfaultfd", 323, 282),
        new("add_key", 248, 217), new("request_key", 249, 218), new("keyctl", 250, 219),
        new("init_module", 175, 105), new("finit_module", 313, 273), new("delete_module", 176, 106), new("kexec_load", 246, 104), new("kexec_file_load", 320, 294),
        // Another view of the files.
        new("mount", 165, 40), new("umount2", 166, 39), new("pivot_root", 155, 41), new("chroot", 161, 51), new("unshare", 272, 97), new("setns", 308, 268),
        new("open_tree", 428, 428), new("move_mount", 429, 429), new("fsopen", 430, 430), new("fsconfig", 431, 431), new("fsmount", 432, 432), new("fspick", 433, 433),
        new("mount_setattr", 442, 442), new("open_by_handle_at", 304, 265),
    ];

    /// <summary>Makes a process unless it has this flag, which says thread.</summary>
    public static readonly DeniedCall Clone = new("clone", 56, 220);

    public const uint ThreadFlag = 0x10000;

    /// <summary>Calls that connect when they have this flag (TCP fast open), and which of their arguments holds it.</summary>
    public static readonly (DeniedCall Call, int Flags)[] FastOpen = [(new("sendto", 44, 206), 3), (new("sendmsg", 46, 211), 2), (new("sendmmsg", 307, 269), 3)];

    public const uint FastOpenFlag = 0x20000000;

    /// <summary>Which argument of sendto is an address: of another than the socket is connected to.</summary>
    public const int SendToAddress = 4;
}
