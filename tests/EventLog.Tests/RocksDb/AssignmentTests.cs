using CsCheck;
using Tidemark.EventLog.RocksDb.Groups;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.Tests.RocksDb;

public sealed class AssignmentTests
{
    [Fact]
    public void Every_partition_has_one_owner_who_wants_it_fairly_and_no_needless_move() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 6], Gen.Int[0, int.MaxValue]).Sample((partitions, members, seed) =>
        {
            var random = new Random(seed);
            var slots = Slots(partitions);
            var everybody = Enumerable.Range(0, members).Select(_ => Member("a")).ToArray();
            var gone = Member("a");
            var owners = new Dictionary<GroupSlot, GroupMember>();
            foreach (var slot in slots.Where(_ => random.Next(3) > 0))
                owners[slot] = members > 0 && random.Next(5) > 0 ? everybody[random.Next(members)] : gone;

            var plan = Assignment.Plan(slots, everybody, owners);
            Assert.Equal(members == 0 ? 0 : partitions, plan.Count);
            if (members == 0)
                return;
            var loads = everybody.Select(member => plan.Values.Count(owner => owner == member)).ToArray();
            Assert.True(loads.Max() - loads.Min() <= 1);
            // Planned again from its own result, nothing moves.
            var again = Assignment.Plan(slots, everybody, plan);
            Assert.All(plan, pair => Assert.Same(pair.Value, again[pair.Key]));
            // Nobody below a fair share loses a partition.
            foreach (var member in everybody)
            {
                var had = owners.Where(pair => pair.Value == member).Select(pair => pair.Key).ToArray();
                if (had.Length <= partitions / members)
                    Assert.All(had, slot => Assert.Same(member, plan[slot]));
            }
        });

    private static GroupSlot[] Slots(int partitions)
    {
        var topic = new TopicDefinition("a", partitions);
        return [.. Enumerable.Range(0, partitions).Select(i => new GroupSlot("g", new Partition(i, new TopicPartition("a", i), topic, 0, [], 0)))];
    }

    private static GroupMember Member(string topic) => new([topic], (_, _) => Task.CompletedTask, CancellationToken.None);
}
