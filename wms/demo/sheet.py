"""The sheet: every code of a warehouse on one printable page, so that a scanner and a screen are all one needs.

Bars are drawn from the same modules as on labels. The page is one file without scripts or links to elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from string import Template

from labels.symbols import Symbol, article_number, code_128, gs1_128
from wms.domain.catalogue import Carrier, Carton, Item, ItemCode, Person
from wms.domain.codes import gtin14
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.stock import Lot
from wms.workflows.picking_prompts import label
from wms.workflows.prompt import Bilingual


@dataclass(frozen=True, slots=True)
class SheetCode:
    """One code: `code` is what a scanner reports, `text` what stands below the bars, the titles what it is for."""

    kind: str
    code: str
    text: str
    zh: str
    en: str
    symbol: Symbol = field(repr=False, compare=False)


_COMMANDS = {
    "PICK": Bilingual("拣货", "Pick"),
    "PACK": Bilingual("打包", "Pack"),
    "INSPECT": Bilingual("质检", "Inspect"),
    "SHIP": Bilingual("交接", "Hand over"),
    "BOARD": Bilingual("主管看板", "Supervise"),
    "ENTER": Bilingual("确认（回车）", "Enter"),
    "BACK": Bilingual("返回", "Back"),
    "UNDO": Bilingual("撤销", "Undo"),
    "CANT": Bilingual("不行（F2）", "Can't (F2)"),
    "MORE": Bilingual("更多", "More"),
    "EMPTY": Bilingual("缺货", "Fewer than wanted"),
    "DAMAGED": Bilingual("破损", "Damaged"),
    "NOTFOUND": Bilingual("找不到商品", "Can't find the item"),
    "SKIP": Bilingual("先跳过", "Skip for now"),
    "GIVEBACK": Bilingual("交回这趟", "Give the walk back"),
    "PASS": Bilingual("合格", "Passed"),
    "FAIL": Bilingual("不合格", "Failed"),
    "NEWPARCEL": Bilingual("新包裹", "New parcel"),
    "CLOSE": Bilingual("结束交接", "Close the manifest"),
    "LANGUAGE": Bilingual("切换语言", "Other language"),
    "SIGNOUT": Bilingual("退出登录", "Sign out"),
}
_GROUPS = {
    "command": Bilingual("命令", "Commands"),
    "badge": Bilingual("工牌", "Badges"),
    "bin": Bilingual("货位", "Bins"),
    "item": Bilingual("商品", "Items"),
    "case": Bilingual("整箱", "Cases"),
    "lot": Bilingual("带批次的商品", "Items with lot and expiry"),
    "tote": Bilingual("周转箱", "Totes"),
    "cart": Bilingual("拣货车", "Carts"),
    "carrier": Bilingual("快递公司", "Carriers"),
    "carton": Bilingual("纸箱", "Cartons"),
    "lane": Bilingual("打包道、待发区、退货架", "Packing lanes, carriers' places, returns shelf"),
}


def sheet(rows: Rows) -> tuple[SheetCode, ...]:
    """Every code one can scan in the warehouse of `rows`, group by group, each group in its natural order."""
    return (
        *(_plain("command", f"CMD-{name}", f"CMD-{name}", title) for name, title in _COMMANDS.items()),
        *(_badge(person) for person in rows.all(Person) if person.active),
        *_places(rows, "bin", PlaceKind.BIN),
        *sorted(_goods(rows), key=lambda code: list(_GROUPS).index(code.kind)),
        *_places(rows, "tote", PlaceKind.TOTE),
        *_places(rows, "cart", PlaceKind.CART),
        *(_plain("carrier", f"CAR-{c.code}", f"CAR-{c.code}", Bilingual(c.zh, c.en)) for c in rows.all(Carrier)),
        *(_plain("carton", f"CTN-{c.code}", f"CTN-{c.code}", _measures(c)) for c in rows.all(Carton)),
        *_places(rows, "lane", PlaceKind.STAGING),
        *_places(rows, "lane", PlaceKind.RETURNS),
    )


def _plain(kind: str, code: str, text: str, title: Bilingual) -> SheetCode:
    return SheetCode(kind, code, text, title.zh, title.en, code_128(code))


def _badge(person: Person) -> SheetCode:
    name = f"{person.name} · {person.roles.replace(',', ', ')}"
    return _plain("badge", f"BDG-{person.badge}", f"BDG-{person.badge}", Bilingual(name, name))


def _measures(carton: Carton) -> Bilingual:
    size = f"{carton.length_mm} × {carton.width_mm} × {carton.height_mm} mm"
    return Bilingual(f"{carton.zh} {size}", f"{carton.en} {size}")


def _places(rows: Rows, kind: str, place_kind: PlaceKind) -> Iterator[SheetCode]:
    for place in sorted(rows.where(Place, kind=place_kind), key=lambda place: (place.sequence, place.id)):
        yield _plain(kind, label(rows, place.id), label(rows, place.id), _GROUPS[kind])


def _goods(rows: Rows) -> Iterator[SheetCode]:
    lots: dict[str, list[Lot]] = {}
    for lot in rows.all(Lot):
        lots.setdefault(lot.sku, []).append(lot)
    for item in rows.all(Item):
        codes = rows.where(ItemCode, sku=item.sku)
        yield from (_item_code(item, code) for code in codes)
        if not codes:
            yield _plain("item", item.sku, item.sku, Bilingual(item.zh, item.en))
        gtin = next((code.code for code in codes if code.quantity == 1 and gtin14(code.code) == code.code), "")
        yield from (_lot_code(item, gtin, lot) for lot in lots.get(item.sku, ()) if gtin and lot.lot)


def _item_code(item: Item, code: ItemCode) -> SheetCode:
    """Stored GTINs have 14 digits; on a piece stand 13 of them."""
    kind = "item" if code.quantity == 1 else "case"
    count = "" if code.quantity == 1 else f" × {code.quantity}"
    title = Bilingual(item.zh + count, item.en + count)
    if gtin14(code.code) != code.code:
        return _plain(kind, code.code, f"{code.code}   {item.sku}", title)
    symbol = article_number(code.code)
    return SheetCode(kind, symbol.text, f"{code.code.removeprefix('0')}   {item.sku}", title.zh, title.en, symbol)


def _lot_code(item: Item, gtin: str, lot: Lot) -> SheetCode:
    dated = [("17", lot.expiry[2:].replace("-", ""))] if lot.expiry else []
    elements = (("01", gtin), *dated, ("10", lot.lot))
    symbol = gs1_128(*elements)
    text = "".join(f"({identifier}){value}" for identifier, value in elements)
    return SheetCode("lot", symbol.text, text, f"{item.zh} {lot.expiry}", f"{item.en} {lot.expiry}", symbol)


def as_json(codes: Iterable[SheetCode]) -> list[dict[str, str]]:
    """The codes as plain data, for scripts that scan."""
    return [
        {"kind": code.kind, "code": code.code, "text": code.text, "title_zh": code.zh, "title_en": code.en}
        for code in codes
    ]


_PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$title</title><style>
body { font: 14px/1.35 system-ui, "Noto Sans CJK SC", sans-serif; margin: 1em; color: #000; background: #fff }
nav a { margin-right: 1em } h2 { margin: 1.5em 0 .5em; break-after: avoid }
.codes { display: flex; flex-wrap: wrap; gap: 24px 32px }
figure { margin: 0; break-inside: avoid } figcaption { max-width: 90mm }
svg { display: block; width: calc(var(--modules) * 2px); height: 64px }
code { font: 600 15px/1.4 ui-monospace, monospace } b { font-size: 15px }
@page { size: A4; margin: 12mm }
@media print { nav { display: none } svg { width: calc(var(--modules) * .4mm); height: 16mm } }
</style></head><body><h1>$title</h1><nav>$links</nav>
$sections
</body></html>
""")


def write_html(codes: Iterable[SheetCode], path: Path) -> None:
    """Write the page: on paper a module is 0.4 mm wide, on a screen two pixels; quiet zones are in the picture."""
    groups = [(kind, list(members)) for kind, members in groupby(codes, key=attrgetter("kind"))]
    links = "".join(f'<a href="#{kind}">{_title(kind)} ({len(members)})</a> ' for kind, members in groups)
    sections = "\n".join(
        f'<section id="{kind}"><h2>{_title(kind)}</h2><div class="codes">\n{_figures(members)}\n</div></section>'
        for kind, members in groups
    )
    page = _PAGE.substitute(title="扫码表 · Codes to scan", links=links, sections=sections)
    path.write_text(page, encoding="utf-8")


def _title(kind: str) -> str:
    return f"{_GROUPS[kind].zh} {_GROUPS[kind].en}"


def _figures(codes: Iterable[SheetCode]) -> str:
    return "\n".join(_figure(code) for code in codes)


def _figure(code: SheetCode) -> str:
    titles = escape(code.zh) if code.zh == code.en else f"{escape(code.zh)}<br>{escape(code.en)}"
    return f"<figure>{svg(code.symbol)}<figcaption><code>{escape(code.text)}</code><br>{titles}</figcaption></figure>"


def svg(symbol: Symbol) -> str:
    """A linear symbol with its quiet zones, one unit per module, stretched to the height its style gives it."""
    bars, x = [], symbol.quiet_left
    for module, run in groupby(symbol.rows[0]):
        width = len(list(run))
        if module == "1":
            bars.append(f"M{x} 0h{width}v1h-{width}z")
        x += width
    return (
        f'<svg viewBox="0 0 {symbol.width} 1" preserveAspectRatio="none" shape-rendering="crispEdges" '
        f'style="--modules: {symbol.width}"><path d="{"".join(bars)}"/></svg>'
    )
