using System.IO.Compression;
using System.IO.Pipes;
using System.Text;
using Tidemark.Local.Import.Source;

namespace Tidemark.Local.Tests.Source;

public sealed class SourceFileTests
{
    /// <summary>What a shell's <c>&lt;(zcat …)</c>, a named pipe or standard input is: it cannot be read twice and has no length.</summary>
    [SkippableTheory]
    [InlineData("", false)]
    [InlineData("a", false)]
    [InlineData("id,event\nv,e\n", false)]
    [InlineData("id,event\nv,e\n", true)]
    public async Task Open_Pipe_IsReadAsAFileIs(string text, bool packed)
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no /dev/fd here; run it on Linux or macOS");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        // Asked for before the writer ends: a pipe that ends takes its other end along unless somebody has it.
        var end = pipe.GetClientHandleAsString();
        var writing = Task.Run(async () =>
        {
            await pipe.WriteAsync(packed ? Packed(text) : Encoding.UTF8.GetBytes(text));
            pipe.Dispose();
        });
        using var source = SourceFile.Open("/dev/fd/" + end);
        pipe.DisposeLocalCopyOfClientHandle();
        Assert.Null(source.BytesOnDisk);
        using var reader = new StreamReader(source.Text, Encoding.UTF8);
        Assert.Equal(text, await reader.ReadToEndAsync());
        Assert.Equal(packed ? Packed(text).Length : text.Length, source.BytesRead);
        await writing;
    }

    private static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
