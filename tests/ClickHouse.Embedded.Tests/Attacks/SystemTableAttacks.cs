namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>Every table that the engine has about itself: none may tell a secret, reach outside or stop the process.</summary>
internal static class SystemTableAttacks
{
    // Without an end of their own.
    static readonly string[] _endless = ["numbers", "numbers_mt", "zeros", "zeros_mt", "primes"];

    public static IEnumerable<Attack> All(Canaries canaries, EngineLists lists) => lists.SystemTables.Except(_endless).SelectMany(table => (Attack[])
    [
        Attack.Sql($"SELECT * FROM system.`{table}` LIMIT 5000 FORMAT JSONEachRow"),
        Attack.Sql(canaries.Fill($"SELECT * FROM system.`{table}` WHERE file('@FILE@') != ''")),
        Attack.Sql($"SELECT count() FROM system.`{table}` SETTINGS allow_introspection_functions = 1"),
        Attack.Sql($"INSERT INTO system.`{table}` SELECT * FROM system.`{table}` LIMIT 1"),
        Attack.Sql($"TRUNCATE TABLE system.`{table}`"),
        Attack.Sql($"SHOW CREATE TABLE system.`{table}`"),
    ]);
}
