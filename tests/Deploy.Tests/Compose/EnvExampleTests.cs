namespace Tidemark.Deploy.Tests.Compose;

public sealed class EnvExampleTests
{
    [Fact]
    public void Every_variable_of_the_compose_file_is_documented_once_and_nothing_else() =>
        Assert.Equal(ComposeFile.Default.Variables.Select(v => v.Key).Order(), EnvExample.Settings.SelectMany(s => s.Select(_ => s.Key)).Order());

    [Fact]
    public void The_default_it_tells_is_the_one_that_holds() =>
        Assert.All(
            ComposeFile.Default.Variables,
            variable => Assert.All(variable, given => Assert.Equal(EnvExample.Settings[variable.Key].Single(), given)));

    [Fact]
    public void A_variable_is_never_used_without_a_default()
    {
        var bare = System.Text.RegularExpressions.Regex.Matches(ComposeFile.Text, @"(?<!\$)\$(\{[A-Za-z_]+[}?]|[A-Za-z_])");
        Assert.Empty(bare.Select(m => m.Value));
    }

    [Fact]
    public void Git_ignores_the_filled_in_file() => Assert.Contains(".env", RepositoryFolder.Read(".gitignore").Split('\n'));
}
