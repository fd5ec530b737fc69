namespace Tidemark.Collector.Intake;

/// <summary>Every reason to refuse an event or a request. <see cref="RejectCodes"/> has their names and HTTP statuses; the names are part of the contract.</summary>
internal enum RejectCode
{
    None,

    // One event of a batch.
    Json,
    NotObject,
    EventTooLarge,
    Utf8,
    Type,
    UnknownType,
    NoEvent,
    NoIdentity,
    BadKey,
    DuplicateKey,
    TooManyKeys,
    TooDeep,
    TextTooLong,
    IdTooLong,
    NumberTooLong,
    TsFormat,
    TsMissing,
    TsFuture,
    TsTooOld,
    TsRange,
    Project,
    Avro,
    Schema,

    // The whole request.
    EmptyBody,
    EmptyBatch,
    BadRequest,
    BadGzip,
    BadZstd,
    BadImport,
    WriteKey,
    Forbidden,
    NotFound,
    Method,
    Timeout,
    BodyTooLarge,
    TooManyEvents,
    Encoding,
    Charset,
    RateLimit,
    Overload,
    LogUnavailable,
    LogFull,
    Internal,
}
