using System.Runtime.CompilerServices;

namespace Tidemark.Sessionizer.Sessions;

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
