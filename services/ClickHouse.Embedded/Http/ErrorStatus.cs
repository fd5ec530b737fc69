namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>ClickHouse's table from error numbers to HTTP statuses.</summary>
internal static class ErrorStatus
{
    public static int Of(int code) => code switch
    {
        194 => 401, // REQUIRED_PASSWORD
        192 or 193 or 516 or 512 or 497 => 403, // UNKNOWN_USER, WRONG_PASSWORD, AUTHENTICATION_FAILED, SET_NON_GRANTED_ROLE, ACCESS_DENIED
        36 or 427 or 6 or 25 or 26 or 38 or 41 or 72 or 441 or 675 or 676 or 27 or 376 or 15 or 44 or 37 or 123 or 8
            or 167 or 168 or 223 or 62 or 117 or 53 or 321 => 400, // BAD_ARGUMENTS, CANNOT_PARSE_*, SYNTAX_ERROR, TYPE_MISMATCH, …
        60 or 46 or 47 or 50 or 56 or 81 or 115 or 152 or 63 or 73 or 336 or 78 or 511 => 404, // UNKNOWN_TABLE, UNKNOWN_FUNCTION, …
        229 => 413, // QUERY_IS_TOO_LARGE
        48 => 501, // NOT_IMPLEMENTED
        209 or 76 or 439 => 503, // SOCKET_TIMEOUT, CANNOT_OPEN_FILE, CANNOT_SCHEDULE_TASK
        381 => 411, // HTTP_LENGTH_REQUIRED
        159 => 408, // TIMEOUT_EXCEEDED
        779 => 415, // UNSUPPORTED_MEDIA_TYPE
        _ => 500,
    };
}
