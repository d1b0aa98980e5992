"""The one exception of the portal, and errors that several methods share."""


class RestError(Exception):
    """An answer with `error`: HTTP status, code as the page has it, text."""

    def __init__(self, code, description, status=400):
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status

    def body(self):
        return {"error": self.code, "error_description": self.description}


# What the documentation has for a status, when a fault names none.
STATUS_ERRORS = {
    400: ("INVALID_REQUEST", "Https required"),
    401: ("NO_AUTH_FOUND", "Wrong authorization data"),
    403: ("ACCESS_DENIED", "REST API is available only on commercial plans"),
    404: ("ERROR_METHOD_NOT_FOUND", "Method not found!"),
    405: ("ERROR_BATCH_METHOD_NOT_ALLOWED",
          "Method is not allowed for batch usage"),
    429: ("OPERATION_TIME_LIMIT",
          "Method is blocked due to operation time limit."),
    500: ("INTERNAL_SERVER_ERROR", "Internal server error"),
    503: ("QUERY_LIMIT_EXCEEDED", "Too many requests"),
}


def missing(name):
    return RestError(100, "Could not find value for parameter {%s}" % name)


def mismatch(name, value, wanted):
    shown = value if isinstance(value, (str, int, float)) else "Array"
    return RestError(100, "Invalid value {%s} to match with parameter {%s}. "
                          "Should be value of type %s." % (shown, name, wanted))


def required(names):
    return RestError(0, "Required fields: " + ", ".join(names))


def no_method():
    return RestError("ERROR_METHOD_NOT_FOUND", "Method not found!", 404)
