"""Encodings, told by what is written in them: short lists of orders as shops in several countries save them."""

from __future__ import annotations

import pytest

from tests.channels.given import account, entries, only
from wms.channels import FileAccount
from wms.channels.encodings import BLOCK

HEADER = "order,sku,quantity,name,phone,address,city,postcode,country"
CHINESE = (
    "A1,TEA-01,2,王小明,13800138000,人民路1号3楼,上海市,200001,CN",
    "A2,CUP-07,1,欧阳娜娜,13900139000,朝阳区建国门外大街8号,北京市,100022,CN",
)
RARE_CHINESE = ("A1,TEA-01,2,㐂䶮𠮷,13800138000,丽水市莲都区喆路,丽水市,323000,CN",)  # 㐂 𠮷: four bytes each
JAPANESE = (
    "A1,TEA-01,2,山田太郎,03-1234-5678,千代田区丸の内1-1,東京都,100-0005,JP",
    "A2,CUP-07,1,すずき はなこ,06-1234-5678,北区梅田3丁目,大阪府,530-0001,JP",
)
KANJI_ONLY = ("A1,TEA-01,2,山田太郎,,東京都千代田区丸内,東京都,100-0005,JP",)
BEYOND_THE_STANDARD = ("A1,TEA-01,2,髙橋,,①番,東京都,100-0005,JP",)
HALF_WIDTH = ("A1,TEA-01,2,ﾔﾏﾀﾞ ﾀﾛｳ,,東京都港区ｺｰﾎﾟ赤坂101,東京都,100-0005,JP",)
GERMAN = ("A1,TEA-01,2,Jürgen Groß,,Königstraße 5,Köln,50667,DE",)
FRENCH = ("A1,TEA-01,2,Zoë Lefèvre,,12 rue de l’Été,Besançon,25000,FR",)
SPANISH = ("A1,TEA-01,2,Begoña Núñez,,C/ Peñón 3 – 2º B,Cádiz,11001,ES",)
PORTUGUESE = ("A1,TEA-01,2,João Conceição,,Av. São João 10,São Paulo,01000-000,BR",)
ONE_LETTER = ("A1,TEA-01,2,Renée Example,,Main St 5,Springfield,02139,US",)
EURO = ("A1,TEA-01,2,Ada Example,,Shop “5 €”,Springfield,02139,US",)
WESTERN = (*GERMAN, FRENCH[0].replace("A1", "A2"), SPANISH[0].replace("A1", "A3"))
EMOJI = ("A1,TEA-01,2,Ada 🎁,,Main St 5,Springfield,02139,US",)
CAPITALS = ("A1,TEA-01,2,ÅSA ÖBERG,,STORGATAN 5,MALMÖ,211 34,SE",)


def written(*rows: str, end: str = "\r\n") -> str:
    return end.join((HEADER, *rows)) + end


def names(found: FileAccount) -> list[str]:
    return [entry.order.recipient.name for entry in entries(found) if entry.order and entry.order.recipient]


def name_of(row: str) -> str:
    return row.split(",")[3]


@pytest.mark.parametrize(
    ("rows", "encoding", "told"),
    [
        *((rows, "utf-8", "utf-8") for rows in (CHINESE, RARE_CHINESE, JAPANESE, HALF_WIDTH, GERMAN, ONE_LETTER)),
        *((rows, "utf-8-sig", "utf-8-sig") for rows in (CHINESE, JAPANESE, GERMAN, EMOJI)),
        *((rows, "utf-16", "utf-16") for rows in (CHINESE, JAPANESE, GERMAN, EMOJI)),
        *((rows, "utf-16-le", "utf-16-le") for rows in (CHINESE, JAPANESE, GERMAN, EMOJI)),
        *((rows, "utf-16-be", "utf-16-be") for rows in (CHINESE, JAPANESE, GERMAN, EMOJI)),
        *((rows, "utf-32", "utf-32") for rows in (CHINESE, GERMAN)),
        *((rows, "gb18030", "gb18030") for rows in (CHINESE, CHINESE[:1], CHINESE[1:], RARE_CHINESE, EMOJI)),
        *((rows, "gbk", "gb18030") for rows in (CHINESE, CHINESE[:1], CHINESE[1:])),
        *(
            (rows, "cp932", "cp932")
            for rows in (JAPANESE, JAPANESE[:1], JAPANESE[1:], KANJI_ONLY, HALF_WIDTH, BEYOND_THE_STANDARD)
        ),
        *(
            (rows, "cp1252", "cp1252")
            for rows in (GERMAN, FRENCH, SPANISH, PORTUGUESE, ONE_LETTER, EURO, CAPITALS, WESTERN)
        ),
        (GERMAN, "ascii-safe", "utf-8"),
    ],
)
def test_what_was_written_is_what_is_read(rows: tuple[str, ...], encoding: str, told: str) -> None:
    if encoding == "ascii-safe":
        rows, encoding = ("A1,TEA-01,2,Ada Example,,Main St 5,Springfield,02139,US",), "ascii"
    found = account(written(*rows).encode(encoding))
    assert (found.fault, found.encoding) == ("", told)
    assert names(found) == [name_of(row) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_name_at_the_border_of_two_blocks_is_whole(encoding: str) -> None:
    text = written(f"A0,TEA-01,1,Ada,,{'Main St 5 ' * 190},Springfield,02139,US")
    while len(text.encode(encoding)) < BLOCK - 2060:
        text += f"B{len(text)},TEA-01,1,Ada,,{'Main St 5 ' * 190},Springfield,02139,US\r\n"
    text += "x" * (BLOCK - len(text.encode(encoding)) - 60) + ",TEA-01,1\r\n"
    for pad in range(8):
        whole = text + "A1,TEA-01,2,Ada,," + "x" * pad + "𠮷王小明欧阳娜娜𠮷王小明欧阳娜娜,上海市,200001,CN\r\n"
        assert len(whole.encode(encoding)) > BLOCK
        found = account(whole.encode(encoding))
        order = entries(found)[-1].order
        assert order is not None
        assert order.recipient is not None
        assert order.recipient.address_lines == ("x" * pad + "𠮷王小明欧阳娜娜𠮷王小明欧阳娜娜",)


@pytest.mark.parametrize("rows", [CHINESE, JAPANESE, GERMAN + FRENCH])
def test_utf8_that_was_cut_or_hurt_does_not_pass_as_something_else(rows: tuple[str, ...]) -> None:
    data = written(*rows).encode()
    at = max(n for n, byte in enumerate(data) if byte > 0x7F)
    assert account(data[:at]).fault.startswith("damaged_utf8:")
    hurt = bytearray(data)
    hurt[at] = 0x20
    assert account(bytes(hurt)).fault.startswith("damaged_utf8:")
    hurt = bytearray(data)
    hurt.insert(at, 0xFF)
    assert account(bytes(hurt)).fault.startswith("damaged_utf8:")


def test_a_mark_that_promises_another_encoding_is_refused() -> None:
    assert account(b"\xef\xbb\xbf" + written(*CHINESE).encode("gb18030")).fault.startswith("damaged_utf8:")
    assert account(b"\xff\xfe" + written(*GERMAN).encode("cp1252") + b"x").fault == "not_text"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7\n\0\xe2\xe3",
        bytes(range(256)),
        bytes(2000),
        b"\xff" * 50,
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    found = account(data)
    assert found.fault in ("not_text", "unknown_format", "no_header", "empty_file")
    assert not found.entries


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe", "\ufeff \n".encode()])
def test_an_empty_file_is_told(data: bytes) -> None:
    assert account(data).fault == "empty_file"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_json_is_told_in_any_encoding(encoding: str) -> None:
    text = '[{"order": "A1", "sku": "TEA-01", "quantity": 2, "name": "王小明", "address": "人民路1号"}]'
    assert names(account(text.encode(encoding), "orders.json")) == ["王小明"]


@pytest.mark.parametrize("where", ["name", "address", "remark", "sku"])
def test_a_character_that_was_lost_before_holds_the_order(where: str) -> None:
    cells = {"order": "A1", "sku": "TEA", "quantity": "1", "name": "Ada", "address": "Main St 5", "remark": "x"}
    cells[where] += "\ufffd"
    entry = only(account(f"{','.join(cells)}\n{','.join(cells.values())}\n"))
    assert entry.result == "hold"
    assert "U+FFFD" in entry.reason


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("gb18030", "王 李明 上海 张三 茶叶"),
        ("cp932", "佐藤 鈴木一郎 コーヒー 東京 お茶 髙橋 株式会社テスト ①番"),
        ("cp1252", "é ü ñ Ø ß Å ã ç œ € Müller Ångström café"),
    ],
)
def test_one_word_is_enough(encoding: str, words: str) -> None:
    for word in words.split():
        assert account(f"order,sku,quantity,name\r\nA1,TEA,1,{word}\r\n".encode(encoding)).encoding == encoding, word
