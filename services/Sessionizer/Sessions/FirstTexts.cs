using System.Runtime.CompilerServices;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Texts of which a session has the first that any of its events gives. In front those that most events give.</summary>
internal enum FirstText
{
    Device,
    Browser,
    Os,
    AppVersion,
    Referrer,

    /// <summary>The five texts of <see cref="Campaigns"/>.</summary>
    Campaign,
}

/// <summary>A mark for each <see cref="FirstText"/>.</summary>
[InlineArray(Count)]
internal struct FirstTexts
{
    public const int Count = (int)FirstText.Campaign + 1;

    private Mark _first;

    public static FirstTexts NoneYet
    {
        get
        {
            var texts = default(FirstTexts);
            ((Span<Mark>)texts).Fill(Mark.NoneYetFirst);
            return texts;
        }
    }

    public void TakeEarlier(in FirstTexts other)
    {
        for (var text = 0; text < Count; text++)
            this[text].TakeEarlier(in other[text]);
    }
}
