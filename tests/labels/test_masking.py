"""What GB/T 41833-2022 wants hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels import mask_address, mask_name, mask_phone
from labels.masking import is_person, mask_lines


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三丰", "张**"), ("欧阳娜娜", "欧***"), ("李", "*"), ("Jane Doe", "J*** D**"), ("", ""), ("张*丰", "张*丰")],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800138234", "1*******234"),
        ("010-12345678", "0**-*****678"),
        ("1234567", "******7"),
        ("123456", "******"),
        ("+86 138 0013 8234", "+8* *** **** *234"),
        ("021-59156600-805", "0**-********-805"),
        ("138****8234", "138****8234"),  # the carrier's own
        ("", ""),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.from_regex(r"\+?[0-9]([0-9 -]{0,18}[0-9])?", fullmatch=True))
def test_six_digits_of_any_phone_are_hidden(phone: str) -> None:
    digits = sum(char.isdigit() for char in phone)
    assert mask_phone(phone).count("*") >= min(6, digits)
    assert len(mask_phone(phone)) == len(phone)


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("浙江省杭州市余杭区文一西路969号3幢2单元1501室", "浙江省杭州市余杭区文一西路969号3幢*单元****室"),
        ("阳光花园6栋2-301", "阳光花园6栋*-***"),
        ("科技园路10号楼A1501", "科技园路10号楼*****"),
        ("1号楼B座12层1203", "1号楼B座12层****"),
        ("新村3-2-1501", "新村*-*-****"),
        ("幸福小区 1502", "幸福小区 ****"),
        ("12弄3号402室", "12弄3号***室"),
        ("二单元三零一室", "*单元***室"),
        ("8号楼301号房", "8号楼***号房"),
        ("88 King St, Apt 4B", "88 King St, Apt **"),
        ("Room 1203, Tower 2", "Room ****, Tower 2"),
        ("1600 Park Way #12-34", "1600 Park Way #**-**"),
        ("3幢1501号", "3幢****号"),
        ("阳光花园B1-1203", "阳光花园**-****"),
        ("劝业里3号楼2门502", "劝业里3号楼*门***"),
        ("3号楼2门502室", "3号楼*门***室"),
        ("幸福路5号501", "幸福路5号***"),
        ("A座 1203", "A座 ****"),
        ("文一西路969号3幢**单元**室", "文一西路969号3幢**单元**室"),
    ],
)
def test_unit_and_room_are_hidden(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    "address",
    [
        "北京市朝阳区建国路88号",
        "三元桥路5号",
        "第五户外用品店",
        "长沙市房山路3号",
        "12 Long Acre",
        "丰登路1028弄5号",
        "中山路8号3门口",
    ],
)
def test_the_way_to_the_building_stays(address: str) -> None:
    assert mask_address(address) == address


@pytest.mark.parametrize(
    ("lines", "masked"),
    [
        (["余杭区文一西路969号3幢", "2单元1501室"], ["余杭区文一西路969号3幢", "*单元****室"]),
        (["余杭区文一西路969号3幢", "1501"], ["余杭区文一西路969号3幢", "****"]),
        (["人民路1号3幢", "200001"], ["人民路1号3幢", "200001"]),
        (["200001", "3幢", "502室"], ["200001", "3幢", "***室"]),
        ([], []),
    ],
)
def test_a_room_on_a_line_of_its_own_is_hidden_and_a_postcode_is_not(lines: list[str], masked: list[str]) -> None:
    assert mask_lines(lines) == masked


@pytest.mark.parametrize("name", ["李雷", "欧阳娜娜", "Jane Doe", "阿依古丽"])
def test_a_person_who_sends(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "name",
    [
        "晨光仓",
        "一号仓",
        "晨光仓储（杭州）有限公司",
        "East Warehouse",
        "Foo Ltd",
        "Morning Light Home Store",
        "小米旗舰店",
        "Sony",
    ],
)
def test_a_firm_that_sends(name: str) -> None:
    assert not is_person(name)
