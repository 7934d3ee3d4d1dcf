"""The graph of rules as text for Graphviz (`dot`) and Mermaid, readable without colour.

What a thing is shows in its shape: facts are rounded, parameters have a folded corner, definitions
are six-sided, rules and themes have a heavy frame, verdict and opinion a double one, groups of
partnerships a tab.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from textwrap import wrap
from typing import Final

from . import Json
from .text import safe

ENDINGS: Final = {
    ".svg": "svg",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
}
WIDTH: Final = 34
"""Characters of a line in a box."""
_FONT: Final = "Helvetica,Arial,sans-serif"
_STYLES: Final = {
    "fact": 'shape=box, style="rounded,filled", fillcolor="#ffffff"',
    "parameter": 'shape=note, style=filled, fillcolor="#ffffff"',
    "definition": 'shape=hexagon, style=filled, fillcolor="#eeeeee"',
    "rule": 'shape=box, style=filled, fillcolor="#dddddd", penwidth=2',
    "answer": 'shape=box, style=filled, fillcolor="#ffffff", peripheries=2',
    "group": 'shape=tab, style=filled, fillcolor="#ffffff"',
}
_MERMAID: Final = {
    "fact": ("(", ")"),
    "parameter": ("[/", "/]"),
    "definition": ("{{", "}}"),
    "rule": ("[", "]"),
    "theme": ("[", "]"),
    "answer": ("[[", "]]"),
    "group": ("[(", ")]"),
}


def dot(graph: Json) -> str:
    """The graph in Graphviz's language."""
    numbers = _numbers(graph)
    lines = [
        "digraph rules {",
        f"  graph [rankdir=LR, ranksep=1.1, nodesep=0.12, fontname={_quoted(_FONT)}];",
        f'  node [fontname={_quoted(_FONT)}, fontsize=11, margin="0.12,0.06", color="#333333"];',
        '  edge [color="#777777", arrowsize=0.6];',
    ]
    for node in graph["nodes"]:
        look = (
            f"shape=plain, label=<{_table(node)}>"
            if node["kind"] == "theme"
            else f"{_STYLES[node['kind']]}, label={_label(node)}"
        )
        tip = _quoted(node["says"] or node["label"])
        lines.append(f"  {numbers[node['id']]} [{look}, tooltip={tip}];")
    last = ("answer", "group")
    answers = [numbers[node["id"]] for node in graph["nodes"] if node["kind"] in last]
    lines.append(f"  {{ rank=sink; {' '.join(answers)} }}")
    for edge in graph["edges"]:
        look = ' [penwidth=3, color="#000000"]' if edge["gate"] else ""
        lines.append(f"  {numbers[edge['from']]} -> {numbers[edge['to']]}{look};")
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(graph: Json) -> str:
    """The graph in Mermaid's language, which Markdown pages show as a picture."""
    numbers = _numbers(graph)
    lines = [
        "flowchart LR",
        f"  accTitle: {_plain(graph['title'])}",
        f"  accDescr: {_plain(graph['description'])}",
    ]
    for node in graph["nodes"]:
        opening, closing = _MERMAID[node["kind"]]
        texts = [node["label"], *_rest(node)]
        texts += [f"{one['rule']} {one['title']}" for one in node.get("rules", ())]
        text = "<br/>".join(_entity(line) for line in texts)
        lines.append(f'  {numbers[node["id"]]}{opening}"{text}"{closing}')
    for edge in graph["edges"]:
        arrow = "==>" if edge["gate"] else "-->"
        lines.append(f"  {numbers[edge['from']]} {arrow} {numbers[edge['to']]}")
    return "\n".join(lines) + "\n"


def _numbers(graph: Json) -> dict[str, str]:
    """A short name for each node."""
    return {node["id"]: f"n{number}" for number, node in enumerate(graph["nodes"], 1)}


def _rest(node: Json) -> list[str]:
    """What stands below the label."""
    if node["kind"] == "parameter":
        return [node["name"]]
    return [node["says"]] if node["says"] else []


def _label(node: Json) -> str:
    lines = wrap(safe(node["label"]), WIDTH) or [""]
    lines += (line for text in _rest(node) for line in wrap(safe(text), WIDTH))
    return _quoted("\n".join(lines))


def _table(node: Json) -> str:
    """A theme with its rules, as a table in Graphviz's own markup."""
    head = f"<b>{_html(node['label'])}</b>"
    rows = [f'<tr><td bgcolor="#dddddd" colspan="2" align="left">{head}</td></tr>']
    for one in node["rules"]:
        # The browser's letters may be wider than those that Graphviz reckoned with.
        lines = [f"{_html(line)}&#160;&#160;&#160;" for line in wrap(safe(one["title"]), 44)]
        title = '<br align="left"/>'.join(lines)
        mark = "<b>" if one["gate"] else "", "</b>" if one["gate"] else ""
        rows.append(
            f'<tr><td align="left">{mark[0]}{_html(one["rule"])}{mark[1]}</td>'
            f'<td align="left">{title}<br align="left"/></td></tr>'
        )
    return (
        '<table border="2" cellborder="0" cellspacing="0" cellpadding="2" bgcolor="#ffffff">'
        + "".join(rows)
        + "</table>"
    )


def _quoted(text: str) -> str:
    escaped = _lines(text, lambda line: line.replace("\\", "\\\\").replace('"', '\\"'))
    return '"' + "\\n".join(escaped) + '"'


def _lines(text: str, change: Callable[[str], str]) -> Iterable[str]:
    """The lines of a text, made safe and changed one by one."""
    return [change(safe(line)) for line in text.split("\n")]


def _html(text: str) -> str:
    return safe(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _entity(text: str) -> str:
    """Text within Mermaid's quotes."""
    for sign, word in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = safe(text) if sign == "#" else text
        text = text.replace(sign, word)
    return text


def _plain(text: str) -> str:
    """Text on a line of its own."""
    return safe(text).replace("#", "no. ").replace(";", ",").replace("{", "(").replace("}", ")")
