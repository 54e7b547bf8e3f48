"""The registry of sheets, in the order they depend on each other."""

from wms.setup.sheet import Sheet
from wms.setup.sheets import carriers, goods, people, places, site, stock

SHEETS: tuple[Sheet, ...] = (
    site.SITE,
    goods.CATEGORIES,
    places.PLACES,
    goods.ITEMS,
    people.PEOPLE,
    carriers.CARTONS,
    carriers.CARRIERS,
    carriers.CHANNELS,
    stock.STOCK,
)
