"""Requests that are made up: mostly nearly right, as what breaks a program mostly is.

Each comes from a grammar and a seed. JSON is written letter by letter, so that it can be wrong in every way that a text
can be no JSON, or an odd one (RFC 8259; after the manner of JSONTestSuite, with documents of our own).
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final
from urllib.parse import quote, quote_from_bytes, urlencode

FORM: Final = "application/x-www-form-urlencoded"
# Letters that something somewhere may stumble over: controls, marks of direction, lone surrogates, what grows or
# shrinks when it is normalised or changes its case.
ODD: Final = (
    "\0\t\r\n\x7f\x85\xa0\xad\u0130\u0301\u200b\u200d\u202e\u2028\ud800\udfff\ufeff\ufffd\U0001f600\ufdfaßŉ٣５"
    "%&=+;,\"'<>()[]{}\\/?#*.:@-_ "
)
LONG: Final = ("a", "%", "é", "\ud800", "en-", "/", ",", ";q=1,", "gzip;", '"', "[", '{"a":', "+1", "www.", "<a ")
# What stands where a number should, or a literal; some of it is right.
NUMBERS: Final = (
    *("0", "-0", "1", "1e9999999", "-1E+2", "1.5", "9007199254740993", "1" * 30, "true", "false", "null"),
    *("01", "-01", "+1", ".5", "1.", "1.e1", "1e", "1e+", "-", "--", "0x1F", "1_000", "\u0661", "NaN", "Infinity"),
    *("-Infinity", "nan", "True", "None", "nul", "tru", "undefined"),
)
NUMBERS_AT_LENGTH: Final = ("9" * 5000, "0." + "1" * 5000, "1" + "0" * 309, "-" * 300)
ESCAPES: Final = (
    *("\\n", "\\u0000", "\\ud800", "\\udc00\\ud800", "\\ud83d\\ude00", "\\u00e9", "\\u12", "\\u{61}", "\\x41", "\\a"),
    *("\\", "\n", "\0", "\t", "\x7f", '"', "'", "\\/", "\\uFEFF", "\\ud800x", "\u2028"),
)
BLANKS: Final = ("", "", "", " ", "\n", "\t\r\n", "\x0b", "\xa0", "\ufeff", "//x\n", "/**/")
AROUND: Final = ("{}{}", "{},", "{}\0", "\0{}", "[{}]", "[{},]", "({})", "{} x", "'{}'", "callback({})", ")]}}',\n{}")
ENCODINGS: Final = ("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7", "shift_jis")


class Maker:
    """Makes texts, documents and requests.

    Args:
        chance: What decides.
    """

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def one_in(self, number: int) -> bool:
        """Whether something seldom happens, once in so many times."""
        return self.chance.random() * number < 1

    def of[Thing](self, things: Sequence[Thing]) -> Thing:
        """One of some."""
        return self.chance.choice(things)

    # ---- texts

    def text(self) -> str:
        """A text of any kind."""
        if self.one_in(40):
            return self.of(LONG) * self.of((90, 300, 1_001, 9_000))
        length = self.chance.randrange(12)
        kind = self.chance.randrange(4)
        if kind == 0:
            return "".join(self.chance.choices(ODD, k=length))
        if kind == 1:
            return quote_from_bytes(self.chance.randbytes(length))
        if kind == 2:
            return "".join(chr(self.chance.randrange(0x11_0000)) for _ in range(length))
        return "".join(self.chance.choices("abcdefghijkmnop ", k=length))

    def bent(self, text: str) -> str:
        """A text with something in it that does not belong there, or without something."""
        at = self.chance.randrange(len(text) + 1)
        kind = self.chance.randrange(5)
        if kind == 0:
            return text[:at]
        if kind == 1:
            return text[:at] + self.of(ODD) + text[at:]
        if kind == 2:
            return text[:at] + text[at + 1 :]
        if kind == 3:
            return text.swapcase()
        return text + text

    def likely(self, sensible: Sequence[str]) -> str:
        """Mostly something sensible."""
        kind = self.chance.randrange(8)
        if kind == 0 or not sensible:
            return self.text()
        return self.bent(self.of(sensible)) if kind == 1 else self.of(sensible)

    # ---- JSON

    def json(self, depth: int = 0) -> str:
        """A value as JSON writes it, or nearly."""
        blank = self.of(BLANKS) if self.one_in(4) else ""
        kind = self.chance.randrange(6 if depth < 4 else 4)
        if kind < 2:
            return f"{blank}{self.json_text()}"
        if kind < 4:
            return f"{blank}{self.of(NUMBERS_AT_LENGTH if self.one_in(20) else NUMBERS)}"
        inner = [self.json(depth + 1) for _ in range(self.chance.randrange(4))]
        if kind == 4:
            return self.listed("[", inner, "]")
        return self.listed("{", [f"{self.json_text()}{self.mostly(':')}{each}" for each in inner], "}")

    def json_text(self) -> str:
        """A text as JSON writes it, or nearly."""
        parts = [self.of(ESCAPES) if self.one_in(3) else "ab" for _ in range(self.chance.randrange(4))]
        quotation = '"' if not self.one_in(25) else self.of(("'", "", "“", "`"))
        return f"{quotation}{''.join(parts)}{quotation}"

    def listed(self, start: str, parts: Sequence[str], end: str) -> str:
        """Some parts with commas between them, or nearly."""
        return f"{self.mostly(start)}{self.mostly(',').join(parts)}{',' if self.one_in(20) else ''}{self.mostly(end)}"

    def mostly(self, sign: str) -> str:
        """A sign, or now and then another one or none."""
        return sign if not self.one_in(25) else self.of(("", ";", ",,", "]", "}", "{", ":", "=>"))

    def json_body(self, fields: Mapping[str, Any]) -> str:
        """The fields of something as a JSON object, of which some are something else; or another document."""
        kind = self.chance.randrange(12)
        if kind == 0:
            return self.json()
        if kind == 1:
            deep = self.of((50, 1_000, 8_000))
            return self.of(("[", '{"name":', "[{")) * deep + self.of(("", "1", "]" * deep, "}" * deep))
        pairs = [(name, json.dumps(value)) for name, value in fields.items()]
        for _ in range(self.of((0, 0, 0, 1, 1, 2))):
            at = self.chance.randrange(len(pairs))
            pairs[at] = pairs[at][0], self.of((self.json, lambda: json.dumps(self.text())))()
        if self.one_in(8):
            pairs.append(self.of(pairs))
        if self.one_in(8):
            pairs.append((self.text(), self.json()))
        document = self.listed("{", [f"{json.dumps(name)}{self.mostly(':')}{value}" for name, value in pairs], "}")
        return self.of(AROUND).replace("{}", document) if self.one_in(15) else document

    def form_body(self, fields: Mapping[str, Any]) -> str:
        """The same as a form sends it."""
        ticked = {name: "true" if value is True else str(value) for name, value in fields.items()}
        pairs = [(name, self.likely([value])) for name, value in ticked.items() if not self.one_in(12)]
        if self.one_in(6):
            pairs += [(self.likely([*fields]), self.text()) for _ in range(self.of((1, 2, 60)))]
        written = urlencode(pairs, errors="surrogatepass")
        return self.bent(written) if self.one_in(6) else written

    # ---- requests

    def event(self, method: str, path: str, query: str, headers: Mapping[str, str], body: str) -> dict[str, Any]:
        """What API Gateway hands over; now and then a part of it is missing, or in another encoding."""
        raw = body.encode("utf-8", "surrogatepass")
        if self.one_in(12):
            raw = body.encode(self.of(ENCODINGS), "replace")
        if self.one_in(20):
            at = self.chance.randrange(len(raw) + 1)
            raw = raw[:at] + self.chance.randbytes(2) + raw[at:]
        is_text = raw.isascii()
        event: dict[str, Any] = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "queryStringParameters": dict(part.partition("=")[::2] for part in query.split("&")) if query else {},
            "headers": dict(headers),
            "cookies": [],
            "requestContext": {"http": {"method": method, "path": path}},
            "body": raw.decode() if is_text else b64encode(raw).decode(),
            "isBase64Encoded": not is_text,
        }
        if self.one_in(50):
            del event[self.of(sorted(event.keys() - {"headers"}))]
        if self.one_in(100):
            event["isBase64Encoded"] = not event.get("isBase64Encoded")
        return event

    def query(self, names: Sequence[str], values: Sequence[str]) -> str:
        """A query string; none, most of the time."""
        if not self.one_in(4):
            return ""
        pairs = [(self.likely(names), self.likely(values)) for _ in range(self.of((1, 1, 2, 3)))]
        return urlencode(pairs, errors="replace") if self.one_in(2) else "&".join(map("=".join, pairs))

    def filled(self, path: str, named: Callable[[str], Sequence[str]]) -> str:
        """A path with something in the place of each `{name}`."""
        parts = [
            quote(self.likely(named(part[1:-1])), safe="", errors="replace") if part.startswith("{") else part
            for part in path.split("/")
        ]
        return self.bent("/".join(parts)) if self.one_in(15) else "/".join(parts)
