"""The language server: a Session per strategy folder, spoken to in the Language Server Protocol.

Diagnostics are worked out shortly after the last keystroke; everything else is answered at once
from what was parsed already.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from ... import __version__
from ...problem import Level, Problem, Refused
from ...strategy.folder import HEADER
from ..anatomy import DEFINITION, FACT, PARAMETER, RULE, Span
from ..lint.finding import Edit, Finding
from ..references import Reference
from . import completing
from .completing import proposals
from .describing import described
from .renaming import Unfit, renamed
from .session import Session, folder_of

QUIET_SECONDS: Final = 0.05
"""How long the keys must rest before everything is looked at."""

_LEVELS: Final = {
    Level.ERROR: lsp.DiagnosticSeverity.Error,
    Level.WARNING: lsp.DiagnosticSeverity.Warning,
    Level.NOTE: lsp.DiagnosticSeverity.Information,
}
_KINDS: Final = {
    FACT: lsp.CompletionItemKind.Field,
    DEFINITION: lsp.CompletionItemKind.Variable,
    PARAMETER: lsp.CompletionItemKind.Constant,
    RULE: lsp.CompletionItemKind.Reference,
    completing.FUNCTION: lsp.CompletionItemKind.Function,
    completing.VALUE: lsp.CompletionItemKind.EnumMember,
    completing.FIELD: lsp.CompletionItemKind.Property,
}


class Server(LanguageServer):
    """The server and the folders that are open in it."""

    def __init__(self) -> None:
        super().__init__("accordance", __version__)
        self.sessions: dict[str, Session] = {}
        self.behind: dict[str, Session] = {}
        """Folders that are not open themselves but are extended by one that is."""
        self.found: dict[str, dict[str, list[Finding]]] = {}
        self.waiting: dict[str, asyncio.TimerHandle] = {}

    def session_of(self, uri: str) -> tuple[Session, str] | None:
        """The session of a document and its name within the folder; None where it belongs to no
        strategy."""
        path = to_fs_path(uri)
        folder = None if path is None else folder_of(path)
        if path is None or folder is None:
            return None
        session = self.sessions.get(folder)
        if session is None:
            try:
                session = self.sessions[folder] = Session(folder)
            except Refused:
                return None
        return session, session.name_of(os.path.abspath(path))

    def extended(self, session: Session) -> list[Session]:
        """The strategies that one extends, the nearest first."""
        found = []
        for path in session.extended():
            known = self.sessions.get(path) or self.behind.get(path)
            if known is None:
                try:
                    known = self.behind[path] = Session(path)
                except Refused:
                    continue
            found.append(known)
        return found

    def everywhere(self, session: Session, reference: Reference) -> list[tuple[Session, Reference]]:
        """Every place where a thing is named, in what the strategy extends too."""
        every = [session, *self.extended(session)]
        return [(one, found) for one in every for found in one.same(reference)]

    def take(self, uri: str) -> Session | None:
        """Take over the text of a document as it is now."""
        found = self.session_of(uri)
        if found is None:
            return None
        session, name = found
        session.buffers[name] = self.workspace.get_text_document(uri).source.removeprefix("\ufeff")
        return session

    def look_soon(self, session: Session) -> None:
        """Look at a folder once the keys rest."""
        waiting = self.waiting.pop(session.path, None)
        if waiting is not None:
            waiting.cancel()
        loop = asyncio.get_running_loop()
        self.waiting[session.path] = loop.call_later(QUIET_SECONDS, self.look, session)

    def look(self, session: Session) -> None:
        """Look at a folder and say what is wrong, of every file that has or had something."""
        try:
            findings: Sequence[Finding] = session.lint().findings
        except Refused as refused:
            findings = [_of_folder(session, problem) for problem in refused.problems]
        by_file: dict[str, list[Finding]] = {}
        for finding in findings:
            if finding.file is None:
                # It stands in what this strategy extends, and is shown where that is named.
                finding = _of_folder(session, finding.problem)
            if finding.file is not None:
                by_file.setdefault(finding.file, []).append(finding)
        for one in self.extended(session):
            # So that a jump there is quick.
            one.parts()
        before = self.found.get(session.path, {})
        self.found[session.path] = by_file
        for name in {**before, **by_file, **dict.fromkeys(session.buffers)}:
            found = by_file.get(name, [])
            if before.get(name) == found and name not in session.buffers:
                continue
            text = session.text(name)
            self.text_document_publish_diagnostics(
                lsp.PublishDiagnosticsParams(
                    uri=_uri(session, name),
                    diagnostics=[self.diagnostic(text, one) for one in found],
                )
            )

    def diagnostic(self, text: str, finding: Finding) -> lsp.Diagnostic:
        problem = finding.problem
        advice = f"; {problem.help}" if problem.help else ""
        span = finding.span
        return lsp.Diagnostic(
            range=self.range(text, span) if span is not None else _start(),
            message=f"{problem.message}{advice}",
            severity=_LEVELS[problem.level],
            code=problem.code.value,
            source="accordance",
        )

    # offsets and positions

    def position(self, text: str, offset: int) -> lsp.Position:
        """Where an offset lies, in the units that the client counts in."""
        line = text.count("\n", 0, offset)
        start = text.rfind("\n", 0, offset) + 1
        units = self.workspace.position_codec.client_num_units(text[start:offset])
        return lsp.Position(line, units)

    def range(self, text: str, span: Span) -> lsp.Range:
        return lsp.Range(self.position(text, span.start), self.position(text, span.end))

    def offset(self, uri: str, position: lsp.Position) -> int:
        document = self.workspace.get_text_document(uri)
        mark = document.source.startswith("\ufeff")
        return max(0, document.offset_at_position(position) - mark)

    def at(self, uri: str, position: lsp.Position) -> tuple[Session, Reference] | None:
        """The name at a place of a document."""
        found = self.session_of(uri)
        if found is None:
            return None
        session, name = found
        reference = session.reference_at(name, self.offset(uri, position))
        return None if reference is None else (session, reference)

    def location(self, session: Session, span: Span) -> lsp.Location:
        return lsp.Location(_uri(session, span.file), self.range(session.text(span.file), span))

    def edits(self, session: Session, edits: Sequence[Edit]) -> lsp.WorkspaceEdit:
        changes: dict[str, list[lsp.TextEdit]] = {}
        for edit in edits:
            where = self.range(session.text(edit.span.file), edit.span)
            changes.setdefault(_uri(session, edit.span.file), []).append(
                lsp.TextEdit(where, edit.text)
            )
        return lsp.WorkspaceEdit(changes=changes)


def _uri(session: Session, name: str) -> str:
    path = session.path_of(name)
    return from_fs_path(path) or f"file://{quote(path)}"


def _start() -> lsp.Range:
    return lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))


def _of_folder(session: Session, problem: Problem) -> Finding:
    """A problem of the folder as a whole, where a file of it can show it."""
    prefix = session.folder.shown("")
    file = problem.place.file if problem.place is not None else ""
    if file.startswith(prefix):
        return Finding(problem, file[len(prefix) :])
    if problem.place is not None:
        problem = replace(problem, message=f"{problem.place}: {problem.message}")
    return Finding(problem, HEADER)


def make_server() -> Server:
    """The server with all that it answers."""
    server = Server()

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        session = server.take(params.text_document.uri)
        if session is not None:
            server.look_soon(session)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        session = server.take(params.text_document.uri)
        if session is not None:
            server.look_soon(session)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        session = server.take(params.text_document.uri)
        if session is not None:
            session.reload()
            server.look_soon(session)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        found = server.session_of(params.text_document.uri)
        if found is not None:
            session, name = found
            session.buffers.pop(name, None)
            session.reload()
            server.look_soon(session)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: lsp.DidChangeWatchedFilesParams) -> None:
        server.behind.clear()
        for session in server.sessions.values():
            session.reload()
            server.look_soon(session)

    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=[".", '"', "{", "[", "(", " "]),
    )
    def complete(params: lsp.CompletionParams) -> lsp.CompletionList:
        uri = params.text_document.uri
        found = server.session_of(uri)
        if found is None:
            return lsp.CompletionList(False, [])
        session, name = found
        session.parts()
        text = session.text(name)
        items = [
            lsp.CompletionItem(
                label=one.label,
                kind=_KINDS[one.kind],
                detail=one.detail or None,
                sort_text=f"{place:05}",
                filter_text=text[one.start : one.end] and one.label,
                text_edit=lsp.TextEdit(
                    server.range(text, Span(name, one.start, one.end)), one.insert or one.label
                ),
            )
            for place, one in enumerate(
                proposals(session, name, server.offset(uri, params.position))
            )
        ]
        return lsp.CompletionList(False, items)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        found = server.at(params.text_document.uri, params.position)
        if found is None:
            return None
        session, reference = found
        return lsp.Hover(
            lsp.MarkupContent(lsp.MarkupKind.Markdown, described(session, reference)),
            server.range(session.text(reference.span.file), reference.span),
        )

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(params: lsp.DefinitionParams) -> list[lsp.Location]:
        found = server.at(params.text_document.uri, params.position)
        if found is None:
            return []
        session, reference = found
        places = server.everywhere(session, reference)
        return [server.location(where, one.span) for where, one in places if one.declares]

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def refer(params: lsp.ReferenceParams) -> list[lsp.Location]:
        found = server.at(params.text_document.uri, params.position)
        if found is None:
            return []
        session, reference = found
        return [
            server.location(where, one.span)
            for where, one in server.everywhere(session, reference)
            if params.context.include_declaration or not one.declares
        ]

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        found = server.at(params.text_document.uri, params.position)
        if found is None:
            return None
        session, reference = found
        return server.range(session.text(reference.span.file), reference.span)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        found = server.at(params.text_document.uri, params.position)
        if found is None:
            return None
        session, reference = found
        try:
            edits = renamed(session, reference, params.new_name)
        except Unfit as unfit:
            raise JsonRpcInvalidParams(str(unfit)) from None
        return server.edits(session, edits)

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]),
    )
    def act(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        found = server.session_of(params.text_document.uri)
        if found is None:
            return []
        session, name = found
        text = session.text(name)
        actions = []
        for finding in server.found.get(session.path, {}).get(name, []):
            diagnostic = server.diagnostic(text, finding)
            if finding.fix is None or diagnostic not in params.context.diagnostics:
                continue
            actions.append(
                lsp.CodeAction(
                    title=finding.fix.description,
                    kind=lsp.CodeActionKind.QuickFix,
                    diagnostics=[diagnostic],
                    edit=server.edits(session, finding.fix.edits),
                    is_preferred=finding.fix.safe,
                )
            )
        return actions

    return server
