"""What can go wrong in the domain. Each door maps these once: page, problem+json, exit code."""

from collections.abc import Mapping

from app.core.texts import Sentence


class DomainError(Exception):
    """Base of them all. `message` is written for the person; `code` is stable for programs; `facts` help to go on.

    The message is English. With `values` it names them as `%(name)s`, and a door can say it in another language.
    """

    status = 400
    code = "error"

    def __init__(
        self,
        message: str,
        *,
        values: Mapping[str, object] | None = None,
        code: str | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        self.message = Sentence(message, **values) if values else message
        super().__init__(self.message)
        self.code = code or self.code
        self.facts = dict(facts or {})


class NotFound(DomainError):
    status = 404
    code = "not-found"


class Forbidden(DomainError):
    status = 403
    code = "forbidden"


class Conflict(DomainError):
    """Somebody else was first, or the thing is no longer in the state that the change needs."""

    status = 409
    code = "conflict"


class Gone(DomainError):
    """It existed and is over: an expired link, a withdrawn offer."""

    status = 410
    code = "gone"


class Invalid(DomainError):
    """The input breaks a rule. `field` names the part of it, where there is one."""

    status = 422
    code = "invalid"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        values: Mapping[str, object] | None = None,
        code: str | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, values=values, code=code, facts=facts)
        self.field = field
