// A meter's or activity source's listener hears the whole process: what one test makes would be another's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
