using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>What the engine by itself would let through and a server would not.</summary>
internal static class AccessRules
{
    /// <summary>Throws what a server would answer to a statement that is refused.</summary>
    /// <param name="checks">Off only to show that the engine by itself keeps to its folder: <see cref="EngineServerOptions.DoorChecks"/>.</param>
    public static void Check(StatementAnalysis statement, bool readOnly, string user, bool checks)
    {
        if (!checks)
            return;
        if (statement.IntoOutfile)
            throw EngineErrorException.Of(358, "INTO_OUTFILE_NOT_ALLOWED", "INTO OUTFILE is not allowed");
        if (statement.ForbiddenFunction is { } function)
            throw Denied(user, $"READ ON {function.ToUpperInvariant()}");
        if (statement.Class != 3 || !readOnly || statement.OnlyReads)
            return;
        // Of the control statements a reader keeps those that touch only his own connection; of the rest of their kinds the
        // engine itself says that it is read only.
        if (statement.Kind is not ("Set" or "UseQuery" or "CreateQuery" or "DropQuery" or "InsertQuery"))
            throw Denied(user, Grant(statement.Kind));
    }

    static string Grant(string kind) => kind switch
    {
        "KillQueryQuery" => "KILL QUERY ON *.*",
        "SYSTEM" => "SYSTEM ON *.*",
        _ => "ALL ON *.*",
    };

    static EngineErrorException Denied(string user, string grant)
        => EngineErrorException.Of(497, "ACCESS_DENIED", $"{user}: Not enough privileges. To execute this query, it's necessary to have the grant {grant}.");
}
