"""The desk: who is signed in, at which work, with which question open. Inputs in, pictures out; no threads."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from wms.domain import commands as c
from wms.domain.catalogue import Person, Site
from wms.domain.ids import Badge, OrderId
from wms.domain.records import Record, replace
from wms.domain.rows import Rows
from wms.store import Store, StoreUnwritable
from wms.store.peppers import ring_of
from wms.terminal.deciding import Decider
from wms.terminal.importer import Importer
from wms.terminal.pan import Pan
from wms.terminal.wave_planner import WavePlanner
from wms.workflows import resolve as r
from wms.workflows.expecting import expected_types
from wms.workflows.handling import Refused
from wms.workflows.import_state import Importing, import_news
from wms.workflows.inputs import Chose, Input, Pressed, Refreshed, ScaleAnswered, Scanned
from wms.workflows.pin_entry import PinEntry
from wms.workflows.plan_state import Planning, plan_news
from wms.workflows.prompt import NOTHING, Choice, Key, Line, Msg, Prompt, Said, Tone, info, msg, no
from wms.workflows.say import kind_of, offered, text_of
from wms.workflows.signing_in import WORK, SigningIn, SignInWorkflow
from wms.workflows.unprinted import Unprinted
from wms.workflows.view import Board
from wms.workflows.workflow import Happening, Step, Who, Workflow, is_scan

log = logging.getLogger(__name__)

KEYS_OF_COMMANDS = {"UNDO": "f3", "CANT": "f2", "MORE": "f4", "ENTER": "enter", "BACK": "escape"}
_BOARD_TURNS_TO = {"IMPORT": "import", "PLAN": "plan"}


def steady_s() -> float:
    """Seconds on a clock that nobody sets; where there is one that goes on while the machine sleeps, that."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Menu(Record):
    """A question of the desk itself: what F4 offers, or which reading of an ambiguous code is meant."""

    prompt: Prompt
    answers: tuple[Callable[[], None], ...]


def workflow(work: str) -> Workflow[Any]:
    """The workflow of that work, imported when somebody first does it."""
    match work:
        case "pick":
            from wms.workflows.picking import PickWorkflow

            return PickWorkflow()
        case "pack":
            from wms.workflows.packing import PackWorkflow

            return PackWorkflow()
        case "inspect":
            from wms.workflows.inspecting import InspectWorkflow

            return InspectWorkflow()
        case "import":
            from wms.workflows.importing import ImportWorkflow

            return ImportWorkflow()
        case "plan":
            from wms.workflows.planning import PlanWorkflow

            return PlanWorkflow()
        case "ship":
            from wms.workflows.handing_over import HandOverWorkflow

            return HandOverWorkflow()
    from wms.workflows.supervising import SuperviseWorkflow

    return SuperviseWorkflow()


class Desk:
    """Works off one input at a time. `said` is the verdict on the last one, `trouble` what stands in the way."""

    def __init__(
        self,
        store: Store,
        decider: Decider,
        language: str = "",
        pan: Pan | None = None,
        hints: tuple[Msg, ...] = (),
        unprinted: Callable[[], Unprinted] = Unprinted,
        importer: Importer | None = None,
        planner: WavePlanner | None = None,
    ) -> None:
        """`hints` stand on the screen that waits for a badge. `unprinted` tells which labels wait for the printer."""
        self._importer, self._planner = importer or Importer(store, decider), planner or WavePlanner(store)
        self._store, self._decider, self._pan = store, decider, pan or Pan()
        self._hints, self._unprinted = hints, unprinted
        self._default_language = language or "zh_CN"
        self.language = self._default_language
        self.person: Person | None = None
        self.work = ""
        self.said: Said | None = None
        self.trouble: Msg = NOTHING
        self.scanned_as = ""  # the kind of code that was scanned last, '' while that is not known
        self.menu: Menu | None = None
        self.quitting = False
        self._pins = PinEntry(ring_of(store.folder).at_hand, steady_s)
        self._workflow: Workflow[Any] = SignInWorkflow(self._pins)
        self.state: Any = self._workflow.resume(self.rows, self._who())

    # What there is to see

    @property
    def rows(self) -> Rows:
        return self._store.rows

    def prompt(self) -> Prompt:
        if self.quitting:
            return Prompt("quit")
        if self.menu is not None:
            return self.menu.prompt
        prompt = self._workflow.prompt(self.state, self.rows)
        if self._hints and prompt.name == "sign.badge":
            return prompt.but(what=(*prompt.what, *map(Line, self._hints)))
        if prompt.name == "board":
            news = (import_news(self._importer.glance()), plan_news(self._planner.glance()))
            return prompt.but(what=(*(Line(text) for text in news if text is not None), *prompt.what))
        return prompt

    def board(self) -> Board | None:
        if self.work != "board" or self.menu is not None:
            return None
        from wms.workflows.supervising import board

        return board(self.state, self.rows)

    def role(self) -> str:
        """What the person is just now: picker, packer, inspector or supervisor; '' before work is chosen."""
        return str(WORK[self.work][0]) if self.work else ""

    def site(self) -> Site:
        return self.rows.get(Site, "site") or Site("site", "", "Asia/Shanghai")

    # What happens

    def take(self, inp: Input) -> Tone | None:
        """Work one input off; returns the tone of its verdict if it was a scan."""
        if isinstance(inp, Refreshed):
            self._look_again()
            weighs = self._screen() == "pack.weigh" and self.menu is None
            weighed = self._pan.take(self.state.parcel.id) if weighs else None
            if weighed is None:
                return None
            self._happen(weighed)
            if self.said is not None and self.said.tone in (Tone.NO, Tone.LOOK):
                self._pan.give_back()
            return self.said.tone if self.said is not None else None
        if isinstance(inp, Scanned):
            before = self.said
            self._scan(inp)
            return self.said.tone if self.said is not None and self.said is not before else None
        if isinstance(inp, Pressed) and inp.key == "f4" and self.menu is None:
            if isinstance(self.state, SigningIn):
                self._toggle_language()
            else:
                self._open_menu()
        elif self.menu is not None and isinstance(inp, (Pressed, Chose)):
            self._answer_menu(inp)
        elif isinstance(inp, ScaleAnswered) and self.work != "pack":
            log.info("the scale answered when nobody packs: %s", inp)
        else:
            self._happen(inp)
        return None

    def _scan(self, scan: Scanned) -> None:
        self.scanned_as = ""
        code = r.resolve(scan, self.rows, expected_types(str(getattr(self.state, "screen", ""))))
        self.scanned_as = type(code).__name__
        match code:
            case r.CommandScan():
                self._command(code)
            case r.Repeated():
                if self.said is not None and self.said.tone == Tone.OK:
                    self.said = info(msg("Already counted"))
            case r.Unreadable():  # nothing that anybody scanned, so it answers no question of the desk either
                self._happen(code)
            case r.Ambiguous(candidates=candidates):
                self.menu = None
                self._ask_which(candidates)
            case _:
                self.menu = None
                self._happen(code)

    def _command(self, code: r.CommandScan) -> None:
        """A printed command answers the question on the screen, presses a key, or goes to the workflow."""
        choices = [choice.code for choice in self.prompt().choices]
        if f"CMD-{code.command}" in choices:
            self.take(Chose(choices.index(f"CMD-{code.command}")))
        elif code.command in KEYS_OF_COMMANDS:
            self.take(Pressed(KEYS_OF_COMMANDS[code.command]))
        elif code.command == "LANGUAGE":
            self._toggle_language()
        elif code.command in _BOARD_TURNS_TO and self.work == "board" and self.menu is None:
            self._turn_to(_BOARD_TURNS_TO[code.command])
        elif code.command == "SIGNOUT" and self.person is not None:
            self.sign_out()
        else:
            self._happen(code)

    def _happen(self, happening: Happening) -> None:
        """One step of the workflow: its commands are on the disk before its verdict turns green."""
        before = self.state
        self._resume()
        screen = self._screen()
        step = self._workflow.step(self.state, happening, self.rows)
        verdict = self._carry_out(step, happening, screen)
        if verdict is not None:
            self.said = verdict
            self.state = before
            self._resume()
            return
        if step.scale:
            self._pan.order(step.scale)
        if step.intake is not None:
            self._importer.order(step.intake, self.badge())
        if step.planning is not None:
            self._planner.order(step.planning)
        self.state = step.state
        self._speak_to(before, step.state)
        if step.said is not None:
            self.said = step.said
        elif step.commands:
            self.said = None
        if step.leave and isinstance(step.state, SigningIn):
            self._begin(step.state)
        elif isinstance(step.state, SigningIn) and step.state.person is None and self.person is not None:
            self.sign_out()
        if step.work:
            self._turn_to(step.work)
        self._resume()

    def _carry_out(self, step: Step[Any], happening: Happening, screen: str) -> Said | None:
        """Record the step's commands; the words of a refusal if one was refused, None if all are recorded."""
        for command in step.commands:
            try:
                outcome = self._decider.carry_out(command, self.badge(step))
                if isinstance(outcome, Refused):
                    if is_scan(happening):
                        why = outcome.lines[0].text
                        self._store.execute(
                            c.RefuseScan(text_of(happening), screen, f"refused:{why}"), self.badge(step)
                        )
                    return no(*outcome.lines)
                self.trouble = NOTHING
            except StoreUnwritable as error:
                log.error("store unwritable: %s", error)
                self.trouble = msg("Nothing can be saved: the disk is full or read-only")
                return no(msg("Not saved: the disk is full or read-only"), msg("Stop, and call the supervisor"))
        return None

    # Who, and which work

    def badge(self, step: Step[Any] | None = None) -> Badge:
        if step is not None and isinstance(step.state, SigningIn) and step.state.person is not None:
            return step.state.person.badge
        return self.person.badge if self.person is not None else Badge("")

    def _who(self) -> Who:
        name = self.person.name if self.person is not None else ""
        return Who(
            self.badge(),
            name,
            self._store.device,
            self._store.clock() // 1000,
            self.site().zone,
            self._pan.says(),
            self._unprinted() if self.work == "pack" else Unprinted(),
            self._remarks,
            self._importer.says() if self.work == "import" else Importing(),
            self._planner.says() if self.work == "plan" else Planning(),
        )

    def _remarks(self, order: OrderId) -> tuple[str, ...] | None:
        """Imported when the first order has some: sealing brings cryptography."""
        from wms.store.sealing import remarks_of

        return remarks_of(self._store.rows, order)

    def _screen(self) -> str:
        return self.menu.prompt.name if self.menu is not None else str(getattr(self.state, "screen", ""))

    def _resume(self) -> None:
        who = self._who()
        self.state = replace(self._workflow.resume(self.rows, who, self.state), who=who)

    def _look_again(self) -> None:
        """What others did may put another question on the screen; what was said about the one before is then wrong."""
        asked = self.state.screen
        self._resume()
        if self.state.screen != asked:
            self.said = None

    def _begin(self, signed: SigningIn) -> None:
        self.person, self.work = signed.person, signed.work
        self._workflow = workflow(signed.work)
        self.state = self._workflow.resume(self.rows, self._who())

    def _turn_to(self, work: str) -> None:
        """To another work of the same role."""
        self.work, self._workflow, self.said = work, workflow(work), None
        self.state = self._workflow.resume(self.rows, self._who())

    def change_work(self) -> None:
        """Back to the choice of work, still signed in."""
        person = self.person
        self._workflow = SignInWorkflow(self._pins)
        self.state = replace(self._workflow.resume(self.rows, self._who()), person=person, proven=True)
        self.work, self.said = "", None

    def sign_out(self) -> None:
        if self.person is not None:
            self._store.execute(c.SignOut(self.person.badge), self.person.badge)
        self.person, self.work, self.said = None, "", None
        self.language = self._default_language
        self._workflow = SignInWorkflow(self._pins)
        self.state = self._workflow.resume(self.rows, self._who())

    def _speak_to(self, before: Any, after: Any) -> None:
        """Whoever is recognised is spoken to in her language at once; what she then chose by hand stays."""
        if isinstance(before, SigningIn) and isinstance(after, SigningIn) and after.person != before.person:
            self.language = after.person.language if after.person is not None else self._default_language

    def _toggle_language(self) -> None:
        self.language = "en" if self.language == "zh_CN" else "zh_CN"

    # Questions of the desk

    def _open_menu(self) -> None:
        offers: list[tuple[Choice, Callable[[], None]]] = [
            (Choice(msg("Other language"), "CMD-LANGUAGE"), self._toggle_language),
            (Choice(msg("Other work")), self.change_work),
            (Choice(msg("Sign out"), "CMD-SIGNOUT"), self.sign_out),
            (Choice(msg("Close the program")), self._quit),
        ]
        if self.work == "board":
            offers.append((Choice(msg("Import orders"), "CMD-IMPORT"), lambda: self._turn_to("import")))
            offers.append((Choice(msg("Plan waves"), "CMD-PLAN"), lambda: self._turn_to("plan")))
        here = self.prompt()
        prompt = Prompt(
            "menu",
            here.where,
            here.ship_by,
            verb=msg("More"),
            choices=tuple(choice for choice, _ in offers),
            keys=(Key("f1", msg("Help")), Key("escape", msg("Back"))),
            handbook="start",
        )
        self.menu = Menu(prompt, tuple(action for _, action in offers))

    def _answer_menu(self, inp: Pressed | Chose) -> None:
        menu = self.menu
        if menu is None:
            return
        if isinstance(inp, Pressed):
            if inp.key in ("escape", "f4"):
                self.menu = None
            return
        if inp.index < len(menu.answers):
            self.menu = None
            menu.answers[inp.index]()

    def _ask_which(self, candidates: tuple[r.Code, ...]) -> None:
        here = self.prompt()
        prompt = Prompt(
            "which",
            here.where,
            here.ship_by,
            verb=msg("Which one is it?"),
            choices=tuple(Choice(offered(code, self.rows)) for code in candidates[:8]),
            keys=(Key("f1", msg("Help")), Key("escape", msg("Back"))),
        )
        self.menu = Menu(prompt, tuple(self._meaning(code) for code in candidates[:8]))
        self.said = Said(Tone.LOOK, (msg("This code means two things"),))
        log.info("ambiguous: %s", [kind_of(code) for code in candidates])

    def _meaning(self, code: r.Code) -> Callable[[], None]:
        if isinstance(code, r.CommandScan):
            return lambda: self._command(code)
        return lambda: self._happen(code)

    def _quit(self) -> None:
        self.quitting = True
