namespace Tidemark.EventLog.RocksDb.Groups;

/// <summary>
/// Who should own what: sticky (a partition stays where it is while that is fair) and fair (among members that subscribe to the same topics, counts differ by
/// one at most). Pure.
/// </summary>
internal static class Assignment
{
    /// <param name="slots">All partitions that somebody subscribes to.</param>
    /// <param name="members">Those that are not leaving, in the order they joined.</param>
    /// <param name="owners">The present ones.</param>
    internal static Dictionary<GroupSlot, GroupMember> Plan(
        IReadOnlyList<GroupSlot> slots, IReadOnlyList<GroupMember> members, IReadOnlyDictionary<GroupSlot, GroupMember> owners)
    {
        var plan = new Dictionary<GroupSlot, GroupMember>();
        var load = members.ToDictionary(member => member, _ => 0);
        foreach (var slot in slots)
        {
            if (owners.TryGetValue(slot, out var owner) && load.ContainsKey(owner))
                Give(slot, owner);
        }
        foreach (var slot in slots.Where(slot => !plan.ContainsKey(slot)).ToArray())
        {
            if (Least(slot) is { } member)
                Give(slot, member);
        }
        // Each move lowers the sum of squared loads, so this ends.
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var slot in slots)
            {
                if (!plan.TryGetValue(slot, out var from) || Least(slot) is not { } to || load[from] - load[to] < 2)
                    continue;
                load[from]--;
                Give(slot, to);
                moved = true;
            }
        }
        return plan;

        void Give(GroupSlot slot, GroupMember member)
        {
            plan[slot] = member;
            load[member]++;
        }

        GroupMember? Least(GroupSlot slot) => members.Where(member => member.Wants(slot.Partition.Id.Topic)).MinBy(member => load[member]);
    }
}
