// Tests that count allocations count the whole process, and those that wait for a disk should not wait for each other's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
