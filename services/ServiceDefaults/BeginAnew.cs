namespace Tidemark.ServiceDefaults;

/// <summary>How an operator says that a topic which was deleted and made anew is to be begun anew: by its id, which no other topic has, so that what is said once never means another.</summary>
public static class BeginAnew
{
    /// <summary>The end of a message that says what the topic is.</summary>
    public static string Advice(string topicId) =>
        $", or start with BEGIN_ANEW={topicId} (local edition: run --begin-anew {topicId}) when its records are new ones: deploy/README.md, \"A topic that was deleted and made anew\"";
}
