namespace Tidemark.Sessionizer.Sessions;

/// <summary>Gives the memory of texts back that no kept session uses any more.</summary>
internal sealed partial class SessionSet
{
    private void CompactTexts()
    {
        if (!_texts.WantsCompaction)
            return;
        var map = new int[_texts.Count];
        _visitors.MarkProjects(map);
        for (var slot = 0; slot < _sessions.HighWater; slot++)
        {
            ref var s = ref _sessions[slot];
            if (!s.Is(SessionFlags.Alive))
                continue;
            map[s.Entry.Text] = 1;
            map[s.Exit.Text] = 1;
            map[s.User.Text] = 1;
            foreach (ref readonly var first in s.First)
                map[first.Text] = 1;
        }
        _texts.Compact(map);
        _project = 0;
        _aheadProject = 0;
        _visitors.Renumber(map);
        for (var slot = 0; slot < _sessions.HighWater; slot++)
        {
            ref var s = ref _sessions[slot];
            if (!s.Is(SessionFlags.Alive))
                continue;
            s.Entry.Text = map[s.Entry.Text];
            s.Exit.Text = map[s.Exit.Text];
            s.User.Text = map[s.User.Text];
            foreach (ref var first in s.First)
                first.Text = map[first.Text];
        }
    }
}
