"""Before work: the badge, the PIN where one is set, and which work. Also the first run, when nothing is set up yet."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain.catalogue import Carrier, Item, Person, Role, Site
from wms.domain.events.people import WRONG_PIN
from wms.domain.pins import PinCheck
from wms.domain.places import Place, PlaceKind
from wms.domain.records import Record, replace
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.workflows import resolve as r
from wms.workflows.inputs import Chose, Entered, Pressed
from wms.workflows.keys import HELP, MORE
from wms.workflows.pin_entry import PinEntry
from wms.workflows.prompt import Choice, Entry, Key, Line, Mark, Prompt, Said, info, msg, no, ok, plain
from wms.workflows.say import refused
from wms.workflows.workflow import Happening, Step, Who, is_scan

WORK = {
    "pick": (Role.PICKER, msg("Pick")),
    "pack": (Role.PACKER, msg("Pack")),
    "inspect": (Role.INSPECTOR, msg("Inspect")),
    "ship": (Role.PACKER, msg("Hand over to couriers")),
    "board": (Role.SUPERVISOR, msg("Supervise")),
    "import": (Role.SUPERVISOR, msg("Import orders")),
    "plan": (Role.SUPERVISOR, msg("Plan waves")),
}
_FROM_THE_BOARD = ("plan",)
WANTED = {
    "setup.first": msg("Nothing is set up yet"),
    "sign.badge": msg("Scan your badge"),
    "sign.pin": msg("Type your PIN, then Enter"),
    "sign.work": msg("Press the number of your work"),
}


class SigningIn(Record):
    """`person` is set once the badge was scanned, `proven` once the PIN was right (or none is needed)."""

    who: Who
    ready: bool = True
    person: Person | None = None
    proven: bool = False
    work: str = ""

    @property
    def screen(self) -> str:
        if not self.ready:
            return "setup.first"
        if self.person is None:
            return "sign.badge"
        return "sign.work" if self.proven else "sign.pin"


def works_of(person: Person) -> list[str]:
    """The kinds of work this person may do; a supervisor may do all."""
    works = [name for name in WORK if name not in _FROM_THE_BOARD]
    return [name for name in works if person.may(WORK[name][0]) or person.may(Role.SUPERVISOR)]


class SignInWorkflow:
    """`resume`, `step` and `prompt` of signing in."""

    def __init__(self, pins: PinEntry | None = None) -> None:
        """`pins` outlives the workflow: a lock is not over because somebody else signed in meanwhile."""
        self._pins = pins or PinEntry()

    def resume(self, rows: Rows, who: Who, last: SigningIn | None = None) -> SigningIn:
        ready = bool(rows.all(Person))
        return replace(last, who=who, ready=ready) if last is not None else SigningIn(who, ready)

    def step(self, state: SigningIn, happening: Happening, rows: Rows) -> Step[SigningIn]:
        match state.screen, happening:
            case _, r.BadgeScan(badge=badge) if state.ready:
                return self._badge(state, rows.get(Person, badge), rows)
            case "sign.badge", Entered(text=text) if text:
                return self._badge(state, rows.get(Person, text.strip().upper().removeprefix("BDG-")), rows)
            case "sign.pin", Entered(text=text):
                return self._pin(state, text, rows)
            case "sign.work", Chose(index=index) if state.person is not None:
                works = works_of(state.person)
                return _go(state, state.person, works[index]) if index < len(works) else Step(state)
            case _, Pressed(key="escape"):
                return Step(SigningIn(state.who, state.ready))
        if not is_scan(happening):
            return Step(state)
        return refused(state, state.screen, happening, rows, WANTED[state.screen])

    def prompt(self, state: SigningIn, rows: Rows) -> Prompt:
        match state.screen:
            case "setup.first":
                return _first_run(rows)
            case "sign.pin":
                return Prompt(
                    "sign.pin",
                    (plain(state.person.name if state.person is not None else ""),),
                    verb=msg("Your PIN"),
                    ask=msg("Type it, then Enter"),
                    entry=Entry.SECRET,
                    keys=(HELP, Key("escape", msg("Back"))),
                    handbook="start",
                )
            case "sign.work" if state.person is not None:
                works = works_of(state.person)
                return Prompt(
                    "sign.work",
                    (plain(state.person.name),),
                    verb=msg("What will you do?"),
                    choices=tuple(Choice(WORK[name][1], f"CMD-{name.upper()}") for name in works),
                    keys=(HELP, Key("escape", msg("Back")), MORE),
                    handbook="start",
                )
        site = rows.get(Site, "site")
        return Prompt(
            "sign.badge",
            (plain(site.name if site is not None else ""),),
            verb=msg("Scan your badge"),
            ask=msg("or type its number"),
            entry=Entry.TEXT,
            keys=(HELP, MORE),
            expects=tuple(f"BDG-{person.badge}" for person in rows.all(Person) if person.active)[:50],
            handbook="start",
        )

    def _badge(self, state: SigningIn, person: Person | None, rows: Rows) -> Step[SigningIn]:
        if person is None:
            unknown = c.RefuseScan("", state.screen, "unknown:badge")
            return Step(state, (unknown,), no(msg("Unknown badge"), msg("Ask the supervisor")))
        if not person.active:
            blocked = c.RefuseScan(person.badge, state.screen, "wrong:blocked")
            return Step(state, (blocked,), no(msg("This badge is blocked"), msg("Ask the supervisor")))
        left = self._pins.locked(rows, state.who, person.badge) if person.pin else 0
        if left:
            return Step(SigningIn(state.who, state.ready), said=_locked(left))
        signed = SigningIn(state.who, state.ready, person, proven=not person.pin)
        works = works_of(person)
        if signed.proven and len(works) == 1:
            return _go(signed, person, works[0])
        return Step(signed, said=info(msg("Hello {name}", name=person.name)))

    def _pin(self, state: SigningIn, text: str, rows: Rows) -> Step[SigningIn]:
        """A wrong one is on the disk before anybody hears that it was wrong: pulling the plug wins no try."""
        assert state.person is not None  # noqa: S101
        person = rows.get(Person, state.person.badge) or state.person
        again = SigningIn(state.who, state.ready)
        left = self._pins.locked(rows, state.who, person.badge)
        if left:
            return Step(again, said=_locked(left))
        match self._pins.judge(person, text):
            case PinCheck.RIGHT:
                works, anew = works_of(person), self._pins.rehash(person, text)
                proven = replace(state, proven=True)
                return _go(proven, person, works[0], anew) if len(works) == 1 else Step(proven, anew)
            case PinCheck.NO_PEPPER:
                told = c.RaiseReview("pepper", state.who.device)
                return Step(again, (told,), no(msg("This terminal can't check your PIN"), msg("Ask the supervisor")))
        times, seconds = self._pins.wrong(rows, state.who, person.badge)
        wrong = c.RefuseScan(person.badge, state.screen, WRONG_PIN)
        if not seconds:
            return Step(state, (wrong,), no(msg("Wrong PIN"), msg("Type it again")))
        review = c.RaiseReview("pin", person.badge, str(times))
        return Step(again, (wrong, review), _locked(seconds))


def _locked(seconds: int) -> Said:
    minutes = -(-seconds // 60)
    return no(msg("Wrong PIN. Locked for {n} min", n=minutes), msg("Wait, or ask the supervisor"))


def _go(state: SigningIn, person: Person, work: str, before: tuple[c.Command, ...] = ()) -> Step[SigningIn]:
    return Step(
        replace(state, work=work),
        (*before, c.SignIn(person.badge, work)),
        ok(msg("Hello {name}", name=person.name)),
        leave=True,
    )


def _first_run(rows: Rows) -> Prompt:
    """The way to one's own warehouse, step by step, with what is done already."""
    kinds = {place.kind for place in rows.all(Place)}
    steps = (
        (bool(rows.all(Item)), msg("items, places, people, carriers: CSV files")),
        (PlaceKind.BIN in kinds, msg("wms setup template DIR   writes them")),
        (bool(rows.all(Carrier)), msg("fill them in, then: wms setup import DIR/*.csv")),
        (bool(rows.all(Stock)), msg("wms stock receive   books goods in")),
        (bool(rows.all(Person)), msg("wms labels badges, places, totes   prints what to stick on")),
    )
    return Prompt(
        "setup.first",
        (msg("First start"),),
        verb=msg("Nothing is set up yet"),
        ask=msg("To look around first: wms demo"),
        what=tuple(Line(text, Mark.DONE if done else Mark.TODO) for done, text in steps),
        keys=(HELP, MORE),
        handbook="setup",
    )
