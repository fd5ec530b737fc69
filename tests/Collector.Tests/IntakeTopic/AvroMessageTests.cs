using System.Buffers.Binary;
using System.Text;
using Tidemark.Collector.Refusals;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Tests.IntakeTopic;

public sealed class AvroMessageTests
{
    [Fact]
    public void WhatAClientCanKnow_IsTaken_AndTheRestIsDecidedAnew()
    {
        var e = Judged.Of(AvroMessage.Of()).Single;
        Assert.Equal(
            ("shop", "visitor", "user", "m1", EventIds.OfMessage("shop"u8, "visitor"u8, "m1"u8)), (e.Project, e.VisitorId, e.UserId, e.MessageId, e.EventId));
        Assert.Equal((EventType.Track, EventKind.Action, "Clicked"), (e.Type, e.Kind, e.Event));
        Assert.Equal((CollectorHost.NowMs - 1000, CollectorHost.NowMs, 0L, ""), (e.OccurredAt, e.ReceivedAt, e.SkewMs, e.ImportId));
        Assert.Equal(("/p", "https://h/p", "https://r/", "Title", "s|m|c|t|n"), (e.Page, e.Url, e.Referrer, e.Title, e.Utm));
        Assert.Equal(("mobile", "Firefox", "Android", "1.2", "de", true), (e.Device, e.Browser, e.Os, e.AppVersion, e.Locale, e.Bot));
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b.c"] = "\u00e4" }, e.Properties);
    }

    [Fact]
    public void Identity_IsTheVisitorElseTheUser()
    {
        Assert.Equal("user", Judged.Of(AvroMessage.Of(visitor: " ")).Single.VisitorId);
        Assert.Equal("0:no_identity:shop", Judged.Of(AvroMessage.Of(visitor: "", user: "\u3000")).Rejected);
    }

    [Fact]
    public void Id_OfAnEventWithoutAMessageId_IsTheOneItBrings_ElseThatOfItsPlace()
    {
        Assert.Equal(77, Judged.Of(AvroMessage.Of(messageId: "", eventId: 77)).Single.EventId);
        var placed = Judged.Of(AvroMessage.Of(messageId: "", eventId: 0)).Single.EventId;
        Assert.NotEqual(0, placed);
        Assert.Equal(placed, Judged.Of(AvroMessage.Of(messageId: "", eventId: 0)).Single.EventId);
        Assert.NotEqual(placed, Judged.Of(AvroMessage.Of(messageId: "", eventId: 0), offset: 6).Single.EventId);
    }

    [Fact]
    public void Seq_IsTheOneThatTheEventBrings_AndNoneInTheVersionBefore()
    {
        Assert.Equal(int.MaxValue, Judged.Of(AvroMessage.Of(seq: int.MaxValue)).Single.Seq);
        Assert.Equal("0:avro:shop", Judged.Of(AvroMessage.Of(seq: -1)).Rejected);
        var message = AvroMessage.Of(seq: 5, messageId: "old");
        var at = message.AsSpan().IndexOf("visitor"u8) + "visitor".Length;
        var reader = new AvroReader(message);
        reader.Skip(at);
        reader.Long();
        reader.Long();
        byte[] before = [.. message[..reader.Position], .. message[(reader.Position + 1)..]];
        new AvroWriter(before).Header(0xE3D596346B6EF432);
        var e = Judged.Of(before).Single;
        Assert.Equal((0, "old", "Clicked"), (e.Seq, e.MessageId, e.Event));
    }

    [Fact]
    public void Project_IsOneOfTheCollectors()
    {
        Assert.Equal("other", Judged.Of(AvroMessage.Of(project: "other"), CollectorHost.Options).Single.Project);
        Assert.Equal("shop", Judged.Of(AvroMessage.Of(project: "")).Single.Project);
        Assert.Equal("0:project:", Judged.Of(AvroMessage.Of(project: ""), CollectorHost.Options).Rejected);
        Assert.Equal("0:project:", Judged.Of(AvroMessage.Of(project: "foreign")).Rejected);
        Assert.Equal("0:project:", Judged.Of(AvroMessage.Of(project: "live"), CollectorHost.Options).Rejected);
    }

    [Theory]
    [InlineData(1, "2026-05-04T12:00:00Z")]
    [InlineData(-60_000, "2026-05-04T11:59:00Z")]
    public void Time_IsTakenAsItIs_ButNeverAhead(long fromNow, string occurred) => Assert.Equal(
        DateTimeOffset.Parse(occurred, null).ToUnixTimeMilliseconds(), Judged.Of(AvroMessage.Of(occurredAt: CollectorHost.NowMs + fromNow)).Single.OccurredAt);

    [Theory]
    [InlineData(long.MaxValue, "ts_future")]
    [InlineData(long.MinValue, "ts_too_old")]
    [InlineData(0, "ts_too_old")]
    public void Time_ThatCannotBe_IsRejected(long occurredAt, string code) => Assert.Equal($"0:{code}:shop", Judged.Of(AvroMessage.Of(occurredAt: occurredAt)).Rejected);

    [Fact]
    public void Limits_AreThoseOfJson()
    {
        Assert.Equal("0:no_event:shop", Judged.Of(AvroMessage.Of(name: "")).Rejected);
        Assert.Equal("0:id_too_long:shop", Judged.Of(AvroMessage.Of(visitor: new string('v', 1025))).Rejected);
        Assert.Equal("0:text_too_long:shop", Judged.Of(AvroMessage.Of(name: new string('n', 17 << 10))).Rejected);
        Assert.Equal("0:event_too_large:shop", Judged.Of(AvroMessage.Of(name: new string('n', 33 << 10))).Rejected);
        Assert.Equal("0:utf8:shop", Judged.Of(AvroMessage.Of(rawName: [0xff])).Rejected);
        Assert.Equal("0:too_many_keys:shop", Judged.Of(AvroMessage.Of(map: [.. Enumerable.Range(0, 256).Select(i => ($"k{i}", "v"))])).Rejected);
        Assert.Equal(255, Judged.Of(AvroMessage.Of(map: [.. Enumerable.Range(0, 255).Select(i => ($"k{i}", "v"))])).Single.Properties.Count);
        Assert.Equal("0:duplicate_key:shop", Judged.Of(AvroMessage.Of(map: [("k", "1"), ("k", "2")])).Rejected);
        Assert.Equal("0:bad_key:shop", Judged.Of(AvroMessage.Of(map: [("", "1")])).Rejected);
        Assert.Equal("0:bad_key:shop", Judged.Of(AvroMessage.Of(map: [(new string('k', 1025), "1")])).Rejected);
        Assert.Equal("0:text_too_long:shop", Judged.Of(AvroMessage.Of(map: [("k", new string('v', 17 << 10))])).Rejected);
        // JSON's arrays may be as long as their event.
        Assert.Single(Judged.Of(AvroMessage.Of(map: [("k", "[" + new string('1', 17 << 10) + "]")])).Events);
        Assert.Equal("", Judged.Of(AvroMessage.Of(device: "fridge")).Single.Device);
    }

    [Fact]
    public void Nul_HasNoPlaceInStoredText()
    {
        var e = Judged.Of(AvroMessage.Of(visitor: "v\0", name: "\0a\0", map: [("k\0", "\0")])).Single;
        Assert.Equal(("v\uFFFD", "\uFFFDa\uFFFD"), (e.VisitorId, e.Event));
        Assert.Equal(new Dictionary<string, string> { ["k\uFFFD"] = "\uFFFD" }, e.Properties);
    }

    [Fact]
    public void Map_InSeveralBlocks_AndWithTheirSizes_IsRead()
    {
        // Java's writer puts the size of each block before it, under a negative count.
        var blocks = new byte[64];
        var writer = new AvroWriter(blocks);
        writer.Long(-1);
        writer.Long(4);
        writer.Bytes("a"u8);
        writer.Bytes("1"u8);
        writer.Long(1);
        writer.Bytes("b"u8);
        writer.Bytes("2"u8);
        writer.Long(0);
        var e = Judged.Of(AvroMessage.Of(rawMap: blocks[..writer.Length])).Single;
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, e.Properties);
    }

    [Fact]
    public void ForeignOrDamagedMessage_IsRejected()
    {
        var good = AvroMessage.Of();
        var foreign = (byte[])good.Clone();
        BinaryPrimitives.WriteUInt64LittleEndian(foreign.AsSpan(2), 0x1234567812345678);
        Assert.Equal("0:schema:shop", Judged.Of(foreign).Rejected);
        Assert.Equal("0:avro:shop", Judged.Of(good[..9]).Rejected);
        Assert.Equal("0:avro:shop", Judged.Of([.. good, 0]).Rejected);
        for (var length = AvroWriter.HeaderLength; length < good.Length; length++)
            Assert.StartsWith("0:avro:", Judged.Of(good[..length]).Rejected, StringComparison.Ordinal);
    }

    [Fact]
    public void RandomDamage_IsTakenOrRejected_AndNeverThrows() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        var judge = Judged.New(Judged.OneProject);
        using var target = new EventLog.AppendRequest(Contracts.Topics.Events, 3, null);
        judge.Begin();
        var rejected = 0;
        for (var run = 0; run < 20_000; run++)
        {
            var message = AvroMessage.Of();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
                message[random.Next(AvroWriter.HeaderLength, message.Length)] = (byte)random.Next(256);
            judge.Judge(new EventLog.LogRecord(run, CollectorHost.NowMs, default, message), target);
            Assert.True(judge.Accepted + judge.Rejections.Count == 1, $"seed {seed} run {run}: {Convert.ToHexString(message)}");
            Assert.True(judge.Rejections.All(r => r.Code != Collector.Refusals.RejectCode.Internal), $"seed {seed} run {run}: {Convert.ToHexString(message)}");
            rejected += judge.Rejections.Count;
            target.Clear();
        }
        Assert.InRange(rejected, 1, 19_999);
    });
}

/// <summary>An event in Avro; every part can be another.</summary>
internal static class AvroMessage
{
    internal static byte[] Of(
        string project = "shop", string visitor = "visitor", string user = "user", string messageId = "m1", long eventId = 5, long? occurredAt = null,
        int seq = 0, string name = "Clicked", byte[]? rawName = null, string device = "mobile", (string Key, string Value)[]? map = null, byte[]? rawMap = null)
    {
        var e = new EventFields
        {
            Project = Utf8(project),
            VisitorId = Utf8(visitor),
            UserId = Utf8(user),
            MessageId = Utf8(messageId),
            EventId = eventId,
            OccurredAt = occurredAt ?? CollectorHost.NowMs - 1000,
            Seq = seq,
            Event = rawName ?? Utf8(name),
            Kind = EventKind.Error,
            Type = EventType.Track,
            ImportId = "imp"u8,
            Page = "/p"u8,
            Url = "https://h/p"u8,
            Referrer = "https://r/"u8,
            Title = "Title"u8,
            UtmSource = "s"u8,
            UtmMedium = "m"u8,
            UtmCampaign = "c"u8,
            UtmTerm = "t"u8,
            UtmContent = "n"u8,
            Device = Utf8(device),
            Browser = "Firefox"u8,
            Os = "Android"u8,
            AppVersion = "1.2"u8,
            Locale = "de"u8,
            Bot = true,
            ReceivedAt = 1,
            SkewMs = 9,
            Properties = rawMap ?? Map(map ?? [("a", "1"), ("b.c", "\u00e4")]),
        };
        var target = new byte[e.MaxLength];
        return target[..e.Encode(target)];
    }

    private static byte[] Map((string Key, string Value)[] entries)
    {
        var target = new byte[entries.Sum(e => e.Key.Length * 3 + e.Value.Length * 3 + 10) + 20];
        var writer = new AvroWriter(target);
        writer.Long(entries.Length);
        foreach (var (key, value) in entries)
        {
            writer.Bytes(Utf8(key));
            writer.Bytes(Utf8(value));
        }
        writer.Long(0);
        return target[..writer.Length];
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
