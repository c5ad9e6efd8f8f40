"""What reads what strangers wrote: identities, reply addresses, HTML. Whatever comes, they answer, and only the real
one is believed."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from segue.domain.mail import MailKeys
from segue.integrations.mail import markup
from segue.integrations.mail.headers import addresses, message_ids, text_of
from segue.web.identity import Identity

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
IDENTITY = Identity("a secret of forty characters, or some more")
TOKEN = IDENTITY.sign("con_ada", NOW, name="Ada")
KEYS = MailKeys(b"the secret", "support@ledgerly.example")
CONVERSATION = "cnv_01ARZ3NDEKTSV4RRFFQ69G5FAV"
ADDRESS, MESSAGE = KEYS.reply_address(CONVERSATION), KEYS.message_id(CONVERSATION, 7)
MANY = settings(
    max_examples=100, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

words = st.text(max_size=10)
odd = st.text(st.characters(exclude_categories=()), max_size=12)
cuts = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), odd), min_size=1, max_size=4)
"""Where, how much is taken out, and what is put in."""
small_cuts = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 3), st.text(max_size=6)), max_size=4)
headers = st.dictionaries(
    st.sampled_from(["alg", "typ", "kid", "jku", "jwk", "x5u", "crit", "zip", "b64", "cty"]),
    st.sampled_from(["HS256", "none", "None", "HS512", "RS256", "ES256", "", None, 1, [], {}, "../../dev/null", "DEF"]),
)
claims = st.dictionaries(
    st.sampled_from(["sub", "aud", "exp", "iat", "nbf", "name", "cnv"]),
    st.none() | st.booleans() | st.integers() | st.floats() | words | st.lists(words, max_size=2) | st.just("segue"),
)
places = st.sampled_from(
    ["p", "a href", "img src", "div style", "svg", "math", "table", "blockquote", "script", "style", "!--", "![CDATA[",
     "?php", "td colspan", "/p", "/blockquote", "template", "title", "x-y"]
)  # fmt: skip
soups = st.lists(
    st.builds("<{}{}{}>".format, places, st.sampled_from(["", "=", "='", '="', " ", "/"]), words)
    | words
    | st.sampled_from(["&#0;", "&lt;script&gt;", "&#x110000;", "-->", "]]>", "\0", "&nbsp", "&#106;avascript:"]),
    max_size=10,
).map("".join)


def mangled(whole: str, cuts: list[tuple[int, int, str]]) -> str:
    for at, out, put in cuts:
        place = at % (len(whole) + 1)
        whole = whole[:place] + put + whole[place + out :]
    return whole


def part(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode("utf8", "surrogatepass")).decode().rstrip("=")


# identities


@MANY
@given(cuts)
@example([(len(TOKEN), 0, "=")])
@example([(0, 0, " ")])
def test_an_identity_that_was_touched_is_nobodys(cuts: list[tuple[int, int, str]]) -> None:
    touched = mangled(TOKEN, cuts)
    claims = IDENTITY.read(touched, NOW)
    assert claims is None or bytes_of(touched) == bytes_of(TOKEN)


def bytes_of(token: str) -> list[bytes] | None:
    """What a token says, whatever the spelling: base64 has several for the same bytes."""
    try:
        return [base64.urlsafe_b64decode(part + "==") for part in token.split(".")]
    except ValueError:
        return None


@MANY
@example({"alg": "HS256", "crit": None}, {}, "")  # the library iterates over it
@given(headers, claims, odd | st.just(""))
def test_no_header_talks_us_into_believing_an_unsigned_identity(
    header: dict[str, object], said: dict[str, object], signature: str
) -> None:
    assert IDENTITY.read(f"{part(header)}.{part(said)}.{part(signature)}", NOW) is None
    assert IDENTITY.read(f"{part(header)}.{part(said)}.", NOW) is None
    assert IDENTITY.read(f"{part(header)}.{TOKEN.split('.')[1]}.{TOKEN.split('.')[2]}", NOW) is None or header == {
        "alg": "HS256", "typ": "JWT",
    }  # fmt: skip


@MANY
@given(claims)
def test_whatever_is_signed_is_an_identity_or_is_refused(said: dict[str, object]) -> None:
    found = IDENTITY.read(
        IDENTITY.sign("con_ada", NOW, **{name: value for name, value in said.items() if name != "iat"}), NOW
    )
    assert found is None or found["sub"]


@MANY
@given(odd | st.binary(max_size=40).map(lambda b: b.decode("latin-1")))
def test_nonsense_is_no_identity(text: str) -> None:
    assert IDENTITY.read(text, NOW) is None


# reply addresses and Message-IDs


@MANY
@given(cuts)
@example([(len("support+"), 26, "01arz3ndektsv4rrffq69g5faw")])
def test_a_reply_address_that_was_touched_leads_nowhere(cuts: list[tuple[int, int, str]]) -> None:
    touched = mangled(ADDRESS, cuts)
    found = KEYS.conversation_at([touched])
    assert found is None or (found == CONVERSATION and key_in(touched) == key_in(ADDRESS))


@MANY
@given(cuts)
def test_a_message_id_that_was_touched_names_no_message(cuts: list[tuple[int, int, str]]) -> None:
    touched = mangled(MESSAGE, cuts)
    found = KEYS.message_in([touched])
    assert found is None or (
        found == (CONVERSATION, 7) and touched.strip("<> \t").lower() == MESSAGE.strip("<>").lower()
    )


def key_in(address: str) -> str:
    """The local part before it is anybody's; case does not matter."""
    return address.lower().rpartition("@")[0].partition("+")[2]


@MANY
@given(odd, st.sampled_from([ADDRESS, MESSAGE, ADDRESS.upper(), MESSAGE.upper()]))
def test_what_stands_around_a_key_changes_nothing(noise: str, ours: str) -> None:
    if ours.startswith("<"):
        assert KEYS.message_in([noise, ours]) == (CONVERSATION, 7)
    else:
        assert KEYS.conversation_at([noise, ours]) == CONVERSATION


@MANY
@given(st.lists(st.binary(max_size=20).map(lambda b: b.decode("utf8", "surrogateescape")), max_size=4), small_cuts)
def test_headers_of_any_kind_are_read(lines: list[str], cuts: list[tuple[int, int, str]]) -> None:
    lines = [*lines, mangled('"Ada, B." <ada@x.example>, =?utf-8?q?Gr=C3=BC=C3=9Fe?= <g@x>', cuts)]
    for found in addresses(lines):
        assert "\n" not in found.address + found.name
        assert "\r" not in found.address + found.name
    for line in lines:
        assert not re.search(r"[\r\n\0]", text_of(line))
        list(message_ids(line))


# HTML


@MANY
@given(soups)
def test_html_of_any_kind_is_read_and_what_is_shown_stays_shown_when_it_is_made_safe_again(html: str) -> None:
    """What is safe is left alone: else a second reader would see something else than the first."""
    shown = markup.safe(html)
    assert markup.safe(shown) == shown
    assert not re.search(
        r"<(script|style|svg|math|iframe|template|form)\b|\son\w+=|=\"\s*javascript:", tags_of(shown), re.I
    )
    assert isinstance(markup.read(html), str)
    assert isinstance(markup.stripped(html), str)


def tags_of(html: str) -> str:
    return " ".join(re.findall(r"<[^>]*>", html))
