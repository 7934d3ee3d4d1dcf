"""A session of an editor with the language server, through a real client."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient

from accordance.workbench.lint.linting import lint

ROOT = Path(__file__).parents[3]
RULES = "rules/dependence.yaml"


@pytest_lsp.fixture(
    config=ClientServerConfig(
        server_command=[sys.executable, "-m", "accordance", "lsp"],
        server_env={"PYTHONPATH": str(ROOT / "engine"), "ACCORDANCE_CACHE": "off"},
    )
)
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    await lsp_client.initialize_session(
        lsp.InitializeParams(
            capabilities=lsp.ClientCapabilities(
                general=lsp.GeneralClientCapabilities(
                    position_encodings=[lsp.PositionEncodingKind.Utf16]
                )
            )
        )
    )
    yield
    await lsp_client.shutdown_session()


class Editor:
    """One document in an editor, edited as a person would."""

    def __init__(self, client: LanguageClient, path: Path) -> None:
        self.client = client
        self.path = path
        self.uri = path.as_uri()
        self.text = path.read_text(encoding="utf-8")
        self.version = 1

    def open(self) -> None:
        self.client.text_document_did_open(
            lsp.DidOpenTextDocumentParams(
                lsp.TextDocumentItem(self.uri, "yaml", self.version, self.text)
            )
        )

    def replace(self, old: str, new: str) -> None:
        """Type `new` where `old` first stands."""
        start = self.text.index(old)
        where = lsp.Range(self.position(start), self.position(start + len(old)))
        self.text = self.text.replace(old, new, 1)
        self.version += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri),
                [lsp.TextDocumentContentChangePartial(where, new)],
            )
        )

    def position(self, offset: int) -> lsp.Position:
        start = self.text.rfind("\n", 0, offset) + 1
        units = len(self.text[start:offset].encode("utf-16-le")) // 2
        return lsp.Position(self.text.count("\n", 0, offset), units)

    def after(self, words: str) -> lsp.Position:
        return self.position(self.text.index(words) + len(words))

    @property
    def name(self) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri)

    async def problems(self, wanted: int) -> list[lsp.Diagnostic]:
        """The diagnostics, once there are as many as wanted."""
        for _ in range(300):
            found = self.client.diagnostics.get(self.uri)
            if found is not None and len(found) == wanted:
                return list(found)
            await asyncio.sleep(0.05)
        raise AssertionError(self.client.diagnostics.get(self.uri))


def _start(edit: object) -> tuple[int, int]:
    assert isinstance(edit, lsp.TextEdit)
    return edit.range.start.line, edit.range.start.character


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(ROOT / "strategy_rules" / "public_body", tmp_path / "our strategy")


@pytest.mark.asyncio
async def test_type_a_wrong_fact_see_it_take_the_completion_and_go_there(
    client: LanguageClient, folder: Path
) -> None:
    editor = Editor(client, folder / RULES)
    editor.open()
    assert await editor.problems(0) == []

    editor.replace("- is: exit_plan.exists", "- is: exit_plan.exi")
    [problem] = await editor.problems(1)
    assert (problem.code, problem.severity) == ("expression-name", lsp.DiagnosticSeverity.Error)
    assert problem.message == "`exit_plan.exi` is not a fact; did you mean `exit_plan.exists`?"
    assert problem.range == lsp.Range(
        editor.after("- is: exit_plan."), editor.after("- is: exit_plan.exi")
    )

    offered = await client.text_document_completion_async(
        lsp.CompletionParams(editor.name, editor.after("- is: exit_plan.exi"))
    )
    assert isinstance(offered, lsp.CompletionList)
    first = offered.items[0]
    assert (first.label, first.kind) == ("exit_plan.exists", lsp.CompletionItemKind.Field)
    assert isinstance(first.text_edit, lsp.TextEdit)
    assert first.text_edit.range.start == editor.after("- is: ")
    editor.replace("- is: exit_plan.exi", f"- is: {first.text_edit.new_text}")
    assert await editor.problems(0) == []

    [there] = await client.text_document_definition_async(  # type: ignore[misc]
        lsp.DefinitionParams(editor.name, editor.after("- is: exit_plan.ex"))
    )
    assert there.uri == (folder / "facts.schema.yaml").as_uri()
    line = (folder / "facts.schema.yaml").read_text().splitlines()[there.range.start.line]
    assert line.strip().startswith("exists: {title: Exit plan,")


@pytest.mark.asyncio
async def test_hover_references_and_rename(client: LanguageClient, folder: Path) -> None:
    editor = Editor(client, folder / RULES)
    editor.open()
    await editor.problems(0)
    place = editor.after("- is: exit_plan.ex")

    hover = await client.text_document_hover_async(lsp.HoverParams(editor.name, place))
    assert hover is not None and isinstance(hover.contents, lsp.MarkupContent)
    assert hover.contents.value.startswith("**Exit plan** · `exit_plan.exists`\n\n")
    assert "`DEP-01`" in hover.contents.value

    found = await client.text_document_references_async(
        lsp.ReferenceParams(lsp.ReferenceContext(False), editor.name, place)
    )
    assert found is not None
    edit = await client.text_document_rename_async(lsp.RenameParams(editor.name, place, "is_there"))
    assert edit is not None and edit.changes is not None
    # Every place is renamed, and the fact itself.
    assert sum(map(len, edit.changes.values())) == len(found) + 1
    for uri, edits in edit.changes.items():
        path = Path(folder, uri.partition("our%20strategy/")[2])
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        for one in sorted(edits, key=_start, reverse=True):
            assert isinstance(one, lsp.TextEdit)
            line = lines[one.range.start.line].encode("utf-16-le")
            start, end = one.range.start.character * 2, one.range.end.character * 2
            assert line[start:end].decode("utf-16-le") == "exists"
            lines[one.range.start.line] = (
                line[:start] + one.new_text.encode("utf-16-le") + line[end:]
            ).decode("utf-16-le")
        path.write_text("".join(lines), encoding="utf-8")
    assert [str(one.problem) for one in lint(str(folder)).findings] == []

    with pytest.raises(JsonRpcException, match=r"there is a `exit_plan\.cost_rule` already"):
        await client.text_document_rename_async(lsp.RenameParams(editor.name, place, "cost_rule"))


OURS = """\
strategy: ours
title: Ours
version: "1.0"
extends: "../our strategy"
themes: {OWN: Own}
tailor:
  parameters: {replacement_months_max: 9}
  severities: {REV-01: high}
"""
OWN_RULES = """\
theme: Own
rules:
  OWN-01:
    title: It can be replaced
    stages: [new]
    when: single_provider
    require: [dependence.substitutability_months < replacement_months_max]
    severity: low
    finding: "{title} cannot be replaced soon."
    because: It is a test.
"""


@pytest.mark.asyncio
async def test_jumps_into_the_strategy_that_is_extended(
    client: LanguageClient, folder: Path
) -> None:
    ours = folder.parent / "ours"
    (ours / "rules").mkdir(parents=True)
    (ours / "strategy.yaml").write_text(OURS)
    (ours / "rules" / "own.yaml").write_text(OWN_RULES)
    rules, header = (Editor(client, ours / name) for name in ("rules/own.yaml", "strategy.yaml"))
    rules.open()
    header.open()
    await header.problems(0)

    async def jump(editor: Editor, words: str) -> tuple[str, str]:
        [there] = await client.text_document_definition_async(  # type: ignore[misc]
            lsp.DefinitionParams(editor.name, editor.after(words))
        )
        path = Path(unquote(there.uri.removeprefix("file://")))
        line = path.read_text(encoding="utf-8").splitlines()[there.range.start.line]
        return path.relative_to(folder).as_posix(), line.strip().partition(":")[0]

    assert await jump(rules, "when: sing") == ("rules/dependence.yaml", "single_provider")
    assert await jump(rules, "[dependence.subst") == (
        "facts.schema.yaml",
        "substitutability_months",
    )
    assert await jump(header, "{replacement") == ("strategy.yaml", "replacement_months_max")
    assert await jump(header, "{REV") == ("rules/review.yaml", "REV-01")
    found = await client.text_document_references_async(
        lsp.ReferenceParams(lsp.ReferenceContext(True), rules.name, rules.after("when: sing"))
    )
    assert found is not None
    folders = {Path(unquote(one.uri)).parent.parent.name for one in found}
    assert folders == {"ours", "our strategy"}
    with pytest.raises(JsonRpcException, match="does not stand in this folder"):
        await client.text_document_rename_async(
            lsp.RenameParams(rules.name, rules.after("when: sing"), "alone")
        )


@pytest.mark.asyncio
async def test_what_is_offered_depends_on_where_one_is(
    client: LanguageClient, folder: Path
) -> None:
    editor = Editor(client, folder / RULES)
    editor.open()
    await editor.problems(0)

    async def offered(typed: str) -> list[str]:
        editor.replace("    severity: high\n", f"{typed}~\n    severity: high\n")
        place = editor.position(editor.text.index("~"))
        found = await client.text_document_completion_async(
            lsp.CompletionParams(editor.name, place)
        )
        editor.replace(f"{typed}~\n", "")
        assert isinstance(found, lsp.CompletionList)
        return [one.label for one in found.items]

    assert (await offered("    stages: [new, "))[:4] == [
        "new",
        "renewing",
        "established",
        "exiting",
    ]
    assert (await offered('    when: regime = "'))[0] == '"procurement_act_2023"'
    assert "p.sector" in await offered("    when: some p in parties satisfies p.")
    assert (await offered('    when: some p in parties satisfies p.sector in ("public", "'))[
        :3
    ] == [
        '"public"',
        '"private"',
        '"civil_society"',
    ]
    assert "sector" in await offered("    when: count(parties[")
    assert "single_provider" in await offered("    when: sin")
    assert "count()" in await offered("    when: co")
    assert "before signature" in await offered("    due: {new: ")
    assert "severity_when" in await offered("    sev")
    assert "unmet" in await offered('    finding: "{title} has {')


@pytest.mark.asyncio
async def test_a_mistake_can_be_mended_from_its_mark(client: LanguageClient, folder: Path) -> None:
    editor = Editor(client, folder / RULES)
    editor.open()
    await editor.problems(0)
    editor.replace("stages: [new, renewing, established]", "stages: [renewing, new, established]")
    [problem] = await editor.problems(1)
    assert problem.code == "list-order"
    [action] = await client.text_document_code_action_async(  # type: ignore[misc]
        lsp.CodeActionParams(editor.name, problem.range, lsp.CodeActionContext([problem]))
    )
    assert isinstance(action, lsp.CodeAction)
    assert (action.title, action.is_preferred) == ("sort the stages", True)


@pytest.mark.asyncio
async def test_half_written_text_keeps_the_names(client: LanguageClient, folder: Path) -> None:
    editor = Editor(client, folder / RULES)
    editor.open()
    await editor.problems(0)
    editor.replace("theme: Dependence", "theme: [Dependence")
    [problem] = await editor.problems(1)
    assert problem.code == "syntax"
    found = await client.text_document_completion_async(
        lsp.CompletionParams(editor.name, editor.after("- is: exit_plan.ex"))
    )
    assert isinstance(found, lsp.CompletionList)
    assert "exit_plan.exists" in [one.label for one in found.items]


@pytest.mark.asyncio
async def test_a_file_of_no_strategy_gets_no_answer(client: LanguageClient, tmp_path: Path) -> None:
    path = tmp_path / "notes.yaml"
    path.write_text("a: 1\n")
    editor = Editor(client, path)
    editor.open()
    assert (
        await client.text_document_hover_async(lsp.HoverParams(editor.name, lsp.Position(0, 0)))
        is None
    )
