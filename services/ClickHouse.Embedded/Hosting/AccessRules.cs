using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>
/// What a statement may be. Nobody reaches outside of the database; a reader runs the statements that only read and those that touch only
/// his own connection, and everything else is refused before the engine sees it. The engine itself holds the same by readonly=2, by its grants and by
/// its process's confinement.
/// </summary>
internal sealed class AccessRules(SettingRules settings, bool enabled)
{
    /// <summary>False when the checks are switched off, so that tests see what the engine's process stops by itself.</summary>
    public bool Enabled => enabled;

    /// <summary>Throws the server's error for a statement that this user may not run.</summary>
    public void Check(StatementAnalysis statement, bool readOnly, string user)
    {
        if (!enabled)
            return;
        if (statement.NamesAFile)
            throw statement.Kind == "InsertQuery"
                ? Denied(user, "READ ON FILE")
                : EngineErrorException.Of(358, "INTO_OUTFILE_NOT_ALLOWED", "INTO OUTFILE is not allowed");
        if ((statement.ForbiddenFunction ?? statement.ForbiddenEngine) is { } source)
            throw Denied(user, $"READ ON {source.ToUpperInvariant()}");
        if (statement.InsertFunction is not null)
            throw Denied(user, "CREATE TEMPORARY TABLE ON *.*");
        SettingRules.CheckValues(statement.Settings);
        if (!readOnly)
            return;
        settings.Check(statement.Settings);
        if (!statement.OnlyReads)
            CheckChange(statement, user);
    }

    /// <summary>Throws for a setting of the request itself (URL, form) that this user may not send.</summary>
    public void Check(IReadOnlyCollection<string> settingsOfRequest, bool readOnly)
    {
        if (!enabled)
            return;
        SettingRules.CheckValues(settingsOfRequest);
        if (readOnly)
            settings.Check(settingsOfRequest);
    }

    // Of the statements that change something a reader has those of his own connection: its settings and its temporary tables.
    static void CheckChange(StatementAnalysis statement, string user)
    {
        switch (statement.Kind)
        {
            case "Set" or "UseQuery":
            case "KillQueryQuery" when KillStatement.OfQueries(statement):
                return;
            case "CreateQuery" or "DropQuery" or "InsertQuery":
                if (Array.Find(statement.Engines, static engine => !TableEngines.IsMemory(engine)) is { } engine)
                    throw Denied(user, $"CREATE ARBITRARY TEMPORARY TABLE ON *.* (of {engine}; a temporary table of a reader is of the engine Memory)");
                // The engine tells a temporary table from another one and says of the other that it is read only.
                return;
            case var kind when statement.Class == 3:
                throw Denied(user, Grant(kind));
            default:
                throw EngineErrorException.Of(164, "READONLY", $"{user}: Cannot execute query in readonly mode.");
        }
    }

    static string Grant(string kind) => kind switch
    {
        "SYSTEM" => "SYSTEM ON *.*",
        "KillQueryQuery" => "KILL QUERY ON *.*",
        _ => "ALL ON *.*",
    };

    static EngineErrorException Denied(string user, string grant)
        => EngineErrorException.Of(497, "ACCESS_DENIED", $"{user}: Not enough privileges. To execute this query, it's necessary to have the grant {grant}.");
}
