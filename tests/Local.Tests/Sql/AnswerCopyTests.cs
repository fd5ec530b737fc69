using System.Text;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Tests.Sql;

public sealed class AnswerCopyTests
{
    private const string Tag = "abcdefghijklmnop";
    private const string Error = "Code: 395. DB::Exception: a\nb. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Run_CutOffByAnError_RowsGoToTheOutputAndTheErrorComesBack(int rows)
    {
        var text = Rows(rows);
        var (error, written) = await CopyAsync($"{text}\r\n__exception__\r\n{Tag}\r\n{Error}\n{Error.Length + 1} {Tag}\r\n__exception__\r\n", cut: true);
        Assert.Equal(Error, error);
        Assert.Equal(text, written);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task Run_CompleteAnswer_IsAllOfIt(int rows)
    {
        var (error, written) = await CopyAsync(Rows(rows), cut: false);
        Assert.Null(error);
        Assert.Equal(Rows(rows), written);
    }

    [Fact]
    public async Task Run_ConnectionLost_SaysSoAndKeepsWhatCame()
    {
        var (error, written) = await CopyAsync("1\n2\n", cut: true);
        Assert.Contains("before the answer was complete", error, StringComparison.Ordinal);
        Assert.Equal("1\n2\n", written);
    }

    private static string Rows(int count) => string.Concat(Enumerable.Range(0, count).Select(static i => i + "\n"));

    private static async Task<(string? Error, string Written)> CopyAsync(string body, bool cut)
    {
        using var output = new MemoryStream();
        await using var answer = new Answer(Encoding.UTF8.GetBytes(body), cut);
        var error = await new AnswerCopy(output, Tag).RunAsync(answer, CancellationToken.None);
        return (error, Encoding.UTF8.GetString(output.ToArray()));
    }

    private sealed class Answer(byte[] body, bool cut) : MemoryStream(body)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 || !cut ? read : throw new HttpIOException(HttpRequestError.ResponseEnded);
        }
    }
}
