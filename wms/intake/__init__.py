"""Intake: merchants' orders into the warehouse, from files, folders and programs alike."""

from wms.intake.goods import StoreGoods, item_of
from wms.intake.taking import CHUNK, Foretold, IntakeReport, rehearse, take_in, take_in_at_once

__all__ = ["CHUNK", "Foretold", "IntakeReport", "StoreGoods", "item_of", "rehearse", "take_in", "take_in_at_once"]
