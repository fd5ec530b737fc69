namespace Tidemark.Contracts.Avro;

/// <summary>Walks the blocks of an encoded map of strings without allocation.</summary>
public ref struct AvroMapEnumerator(ReadOnlySpan<byte> encoded)
{
    private AvroReader _reader = new(encoded);
    private long _left = 0;
    private bool _ended = encoded.IsEmpty;

    public ReadOnlySpan<byte> Key { get; private set; } = default;

    public ReadOnlySpan<byte> Value { get; private set; } = default;

    /// <summary>Reads what a walk to the end reads; <see cref="InvalidDataException"/> where that would throw it.</summary>
    public static void Check(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
            return;
        var reader = new AvroReader(encoded);
        for (var left = reader.Block(); left != 0; left = reader.Block())
        {
            for (; left != 0; left--)
            {
                reader.Bytes();
                reader.Bytes();
            }
        }
    }

    public bool MoveNext()
    {
        if (_ended)
            return false;
        if (_left == 0)
        {
            _left = _reader.Long();
            if (_left < 0)
            {
                _left = -_left;
                _reader.Long();
            }
            if (_left == 0)
            {
                _ended = true;
                return false;
            }
        }
        _left--;
        Key = _reader.Bytes();
        Value = _reader.Bytes();
        return true;
    }
}
