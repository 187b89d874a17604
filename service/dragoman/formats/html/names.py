"""Element names in groups, as the HTML Standard and browsers treat them."""

from __future__ import annotations

VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source "
    "track wbr".split()
)
"""Elements that never have content or an end tag."""

RAW_TEXT = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes"})
"""Elements whose content is not markup at all (section 13.2.5.3)."""

ESCAPABLE_RAW_TEXT = frozenset({"title", "textarea"})
"""Elements whose content is text with character references, but no tags."""

FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
"""Elements that are opened again behind a misnested end tag (section 13.2.4.3)."""

BLOCK = frozenset(
    "address article aside blockquote body caption center col colgroup dd details dialog dir div "
    "dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header "
    "hgroup hr html legend li listing main marquee menu nav ol optgroup option p plaintext pre "
    "search section select summary table tbody td tfoot th thead title tr ul xmp button "
    "textarea".split()
)
"""Elements at whose edges a sentence ends: those that browsers lay out as boxes of their own."""

OPAQUE = frozenset(
    "script style template iframe noembed noframes noscript svg object applet audio video canvas "
    "embed map datalist input textarea rt rp rtc progress meter select meta link base "
    "title".split()
)
"""Elements that a sentence flows around: nothing in them is translated."""

VERBATIM = frozenset({"code", "kbd", "samp", "var", "math"})
"""Elements whose text stands in the sentence as it is."""

PREFORMATTED = frozenset({"pre", "listing", "xmp", "plaintext"})

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

FOREIGN_BREAKOUT = frozenset(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img "
    "li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul "
    "var".split()
)
"""Start tags that end an svg or math element (section 13.2.6.5)."""

INTEGRATION_POINTS = frozenset("foreignobject desc title mi mo mn ms mtext annotation-xml".split())
"""Foreign elements whose content is HTML again."""
