"""API calls held against Discord's own OpenAPI document.

The document is Discord's, and not part of this project: https://github.com/discord/discord-api-spec
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

NAME = "urn:discord:openapi"
API = "/api/v10"

# Where Discord itself, as stock discord.py knows it, is not what the document says.
# (call and side, place in the body, part of the error, reason)
INTEGER_IDS = "discord.py sends ids as integers, which Discord takes"
KNOWN_DIFFERENCES: list[tuple[str, str, str, str]] = [
    (".* request", r"(.*/)?attachments/\d+/id", "is not of type 'string'", INTEGER_IDS),
    (".* request", r"message_reference/\w+_id", "is not of type 'string'", INTEGER_IDS),
    (".* request", r"(.*/)?allowed_mentions/users/\d+", "is not of type 'string'", INTEGER_IDS),
    (".* request", "recipient_id", "is not of type 'string'", INTEGER_IDS),
    (
        ".* answer",
        "errors/.*",
        "is not of type 'object'",
        "the codes of a form's errors are words, whatever the schema ErrorDetails says: "
        "https://docs.discord.com/developers/reference#error-messages",
    ),
    (
        ".* answer",
        "",
        "'code' is a required property",
        "a 429 has a code only for some limits: "
        "https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit",
    ),
]


@dataclass(frozen=True)
class Misfit:
    """One call that the document doesn't allow."""

    call: str
    side: str  # "request" or "answer"
    where: str
    error: str

    def __str__(self) -> str:
        return f"{self.call}: {self.side} {self.where}: {self.error}"


@dataclass(frozen=True)
class Document:
    paths: dict[str, dict[str, Any]]
    registry: Registry[Any]
    patterns: list[tuple[re.Pattern[str], str]] = field(default_factory=list)

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        for pattern, template in self.patterns:
            operation = self.paths[template].get(method.lower())
            if operation is not None and pattern.fullmatch(path):
                return template, operation
        return None

    def validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        return Draft202012Validator(schema, registry=self.registry)


def read_document(path: Path) -> Document:
    """Raises:
    OSError, ValueError: it can't be read, or is no JSON.
    KeyError: it is not an OpenAPI document.
    """
    text = path.read_text(encoding="utf-8").replace('"#/components/', f'"{NAME}#/components/')
    body = json.loads(text)
    resource = Resource.from_contents(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **body}
    )
    patterns = [
        (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))), template)
        for template in sorted(body["paths"], key=lambda t: (t.count("{"), t))
    ]
    return Document(body["paths"], Registry().with_resource(NAME, resource), patterns)


class Checker:
    """Give an instance to `Sandbox(observer=...)`; `misfits` should stay empty."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.misfits: list[Misfit] = []
        self.seen: set[str] = set()

    def __call__(
        self, method: str, path: str, request: object, status: int, answer: object
    ) -> None:
        found = self.document.operation(method, path.removeprefix(API))
        if found is None:
            self._note(f"{method} {path}", "request", "", "no such operation")
            return
        template, operation = found
        call = f"{method} {template}"
        self.seen.add(call)
        if status < 400:
            self._check_request(call, operation, request)
        self._check_answer(call, operation, status, answer)

    def _check_request(self, call: str, operation: dict[str, Any], body: object) -> None:
        described = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if described is not None and body:
            self._validate(call, "request", described["schema"], body)

    def _check_answer(
        self, call: str, operation: dict[str, Any], status: int, body: object
    ) -> None:
        responses = operation["responses"]
        family = f"{status // 100}XX"
        if str(status) not in responses and family not in responses:
            if status != 429 and status < 500:
                self._note(call, "answer", "", f"no answer {status}")
            return
        described = responses.get(str(status), responses.get(family))
        if "$ref" in described:
            described = self.document.registry.resolver().lookup(described["$ref"]).contents
        schema = described.get("content", {}).get("application/json", {}).get("schema")
        if schema is not None:
            self._validate(call, "answer", schema, body)

    def _validate(self, call: str, side: str, schema: dict[str, Any], body: object) -> None:
        for error in self.document.validator(schema).iter_errors(body):
            for leaf in _leaves(error):
                where = "/".join(str(part) for part in leaf.absolute_path)
                self._note(call, side, where, leaf.message[:200])

    def _note(self, call: str, side: str, where: str, error: str) -> None:
        for known_call, known_where, known_error, _ in KNOWN_DIFFERENCES:
            if (
                re.fullmatch(known_call, f"{call} {side}")
                and re.fullmatch(known_where, where)
                and known_error in error
            ):
                return
        self.misfits.append(Misfit(call, side, where, error))


def _leaves(error: ValidationError) -> list[ValidationError]:
    """The errors that say something: of a union, those of the alternative that fits best."""
    if not error.context:
        return [error]
    alternatives: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        alternatives.setdefault(inner.schema_path[0], []).extend(_leaves(inner))
    return min(alternatives.values(), key=lambda errors: (_wrong_kind(errors), len(errors)))


def _wrong_kind(errors: list[ValidationError]) -> bool:
    """Whether an alternative is for another `type` of thing altogether."""
    return any(
        (
            error.validator in ("const", "enum", "type")
            and error.absolute_path
            and error.absolute_path[-1] == "type"
        )
        or (error.validator == "type" and error.validator_value == "null")
        for error in errors
    )
