using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>The writer's password is in nothing that the engine, and so a statement, could read.</summary>
public abstract class SecretTests(AttackTarget target)
{
    [SkippableTheory]
    [InlineData("environ")]
    [InlineData("cmdline")]
    [InlineData("comm")]
    public void Password_IsNotInTheProcess(string file)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "reads /proc: run it on Linux");
        foreach (var task in Directory.GetDirectories($"/proc/{target.ProcessId}/task").Append($"/proc/{target.ProcessId}"))
            Assert.DoesNotContain(target.Password, Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(task, file))), StringComparison.Ordinal);
    }

    [Fact]
    public void Password_IsInNoFileOfTheEngine()
    {
        foreach (var file in Directory.GetFiles(target.Canaries.EngineFolder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            byte[] content;
            try
            {
                using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                content = new byte[open.Length];
                open.ReadExactly(content);
            }
            catch (IOException)
            {
                continue; // Gone meanwhile, or the lock.
            }

            Assert.False(content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(target.Password)) >= 0, file);
        }
    }

    [SkippableTheory]
    [InlineData("SELECT file('/proc/self/environ')")]
    [InlineData("SELECT file('/proc/self/fd/0')")]
    [InlineData("SELECT * FROM file('/proc/self/environ', 'RawBLOB', 'a String')")]
    [InlineData("SELECT * FROM file('/proc/self/mem', 'RawBLOB', 'a String')")]
    [InlineData("SELECT * FROM file('/proc/self/environ', 'LineAsString')")]
    [InlineData("SELECT * FROM file('/dev/stdin', 'LineAsString')")]
    [InlineData("SELECT value FROM system.server_settings")]
    [InlineData("SELECT * FROM system.processes FORMAT JSON")]
    [InlineData("SELECT getClientHTTPHeader('X-ClickHouse-Key')")]
    public Task Password_IsInNoAnswer(string sql)
    {
        target.SkipUnlessHeld();
        return AttackRun.RunAsync(target, "reader", [Attack.Sql(sql), Attack.Get(sql), Attack.Sql("SELECT 1")]);
    }

    /// <summary>Nor anything by the parent, whose environment had it, if any had.</summary>
    [SkippableTheory]
    [InlineData("environ")]
    [InlineData("cmdline")]
    [InlineData("mem")]
    [InlineData("maps")]
    public Task Parent_IsNotReadable(string file)
    {
        target.SkipUnlessHeld();
        return AttackRun.RunAsync(target, "reader",
        [Attack.Sql($"SELECT file('/proc/{Environment.ProcessId}/{file}')"), Attack.Sql($"SELECT * FROM file('/proc/{Environment.ProcessId}/{file}', 'RawBLOB', 'a String')"), Attack.Sql($"SELECT file('/proc/1/{file}')")]);
    }
}

/// <summary>The door alone.</summary>
public sealed class DoorSecretTests(DoorTarget target) : SecretTests(target), IClassFixture<DoorTarget>;

/// <summary>Past the door.</summary>
public sealed class NoDoorSecretTests(NoDoorTarget target) : SecretTests(target), IClassFixture<NoDoorTarget>;

/// <summary>Past the door and the engine's own checks.</summary>
public sealed class ConfinedSecretTests(ConfinedTarget target) : SecretTests(target), IClassFixture<ConfinedTarget>;
