using Tidemark.Local.Configuration;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Sql;

/// <summary>A ClickHouse and the way in, for reading.</summary>
/// <param name="address">Its HTTP interface.</param>
/// <param name="database">The pipeline's.</param>
/// <param name="user">Who asks.</param>
/// <param name="password">Empty for none.</param>
internal sealed class SqlServer(Uri address, string database = "tidemark", string user = "reader", string password = "")
{
    public Uri Address => address;

    public string Database => database;

    public string User => user;

    public string Password => password;

    /// <summary>True for the engine, whose reader may only read; another server's user is the loader's, and is held to reading by a setting.</summary>
    public bool IsReader { get; private init; } = true;

    /// <summary>The engine of an instance; or the server that it uses, as the user that the options name.</summary>
    public static SqlServer Of(InstanceInfo instance, LocalOptions options) =>
        instance.ClickHouse is { } server ? Of(server, instance.Database, options) : new SqlServer(instance.Sql);

    /// <summary>The server that the options name.</summary>
    public static SqlServer Of(LocalOptions options) => Of(options.Aggregator.ClickHouseUrl, options.Aggregator.Database, options);

    private static SqlServer Of(Uri address, string database, LocalOptions options) =>
        new(address, database, options.Aggregator.User, options.Aggregator.Password) { IsReader = false };

    /// <summary>Fails with what the server says when it does not answer or does not let the user in: before any work that would wait for it.</summary>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        using var client = new SqlClient(this);
        if (await client.RefusalAsync(cancellation) is { } refusal)
        {
            throw new CommandFailedException(
                $"ClickHouse at {address} refuses user {Quoted.Text(user)}: {Quoted.Text(refusal, 300)}; give the user and the password as {LocalOption.EnvironmentPrefix}CLICKHOUSE_USER and {LocalOption.EnvironmentPrefix}CLICKHOUSE_PASSWORD, or in the configuration file");
        }
    }
}
