"""What GB/T 41833-2022 wants hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels import mask_address, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三丰", "张**"), ("欧阳娜娜", "欧***"), ("李", "*"), ("Jane Doe", "J*** D**"), ("", "")],
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
    ],
)
def test_unit_and_room_are_hidden(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    "address", ["北京市朝阳区建国路88号", "三元桥路5号", "第五户外用品店", "长沙市房山路3号", "12 Long Acre"]
)
def test_the_way_to_the_building_stays(address: str) -> None:
    assert mask_address(address) == address
