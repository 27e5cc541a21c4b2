"""HTML elements by what they do to the text in and around them (HTML standard, section 15.3 "Rendering").

Data only, for `monitor.text.html`.
"""

from __future__ import annotations

INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "nobr", "q", "rb", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr",
})  # fmt: skip
"""Part no words. Every other element does, unknown ones too: a glued word hides a match, a parted one hardly ever."""

VOID = frozenset({
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
})  # fmt: skip

RAW = frozenset({"script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"})
"""Text for the tokenizer, nothing for the reader: each ends at the first end tag of its name."""

HIDDEN = frozenset({
    "head", "noscript", "template", "object", "svg", "math", "canvas", "audio", "video", "select", "datalist", "applet",
    "map", "rp",
})  # fmt: skip

FURNITURE = frozenset({"nav", "footer", "aside", "figcaption", "button", "menu", "dialog"})
"""Stand around an article."""

SELF_CLOSING = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "option"})
"""A new one ends an open one of its own kind."""

CELLS = frozenset({"td", "th"})

KNOWN = INLINE | VOID | RAW | HIDDEN | FURNITURE | frozenset({
    "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "html", "label", "legend", "li", "main",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
"""Names that a tag cut off at the end of a text may have; anything else after "<" was meant as text there."""
