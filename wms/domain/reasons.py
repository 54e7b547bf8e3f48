"""Reasons: why a row, a file or an order was refused, held, skipped or left out.

A reason is a short string, `code` or `code:value:value`, so that it can be stored, counted and sent; the sentence for
people is made of it at the edge, in their language. An order may have several, joined by commas.
"""

from __future__ import annotations

from string import Formatter


def sentence(text: str) -> str:
    """Marks a sentence for the catalogue's extractor."""
    return text


SENTENCES: dict[str, str] = {
    # files
    "empty_file": sentence("The file is empty"),
    "workbook": sentence("This is a spreadsheet's own file. Save it as CSV and try again"),
    "renamed_workbook": sentence("This is a workbook under another name. Rename it to .xlsx, or save it as CSV"),
    "broken_workbook": sentence("The workbook is damaged. Fetch it again, or save it as CSV"),
    "several_sheets": sentence("{count} sheets of this workbook hold orders. Save each as a file of its own"),
    "sheet_too_wide": sentence(
        "The sheet goes on to row {row}, column {column}: delete what is empty beyond the orders, or save it as CSV"
    ),
    "html": sentence("This is a web page, not an export. Log in to the platform and download it again"),
    "too_large": sentence("The file is larger than {megabytes} MB. Export fewer days at once"),
    "too_many_records": sentence("The file has more than {count} records. Export fewer days at once"),
    "wrong_channel": sentence("This is an export of {channel}. Leave out the channel, or name that one"),
    "not_text": sentence("This is not a text file"),
    "damaged_utf8": sentence("The file was damaged on its way (byte {offset}). Fetch it again"),
    "broken_csv": sentence("Row {row}: a quote is open or misplaced, the rest can't be read"),
    "broken_json": sentence("Line {line}: this is not JSON"),
    "cut_json": sentence("The file ends in line {line} before it is complete. Fetch it again"),
    "no_header": sentence("The file has no header row"),
    "column_twice": sentence("Two columns are named {column}"),
    "unknown_column": sentence("No column is called {column} here. Mend the name or take the column out"),
    "missing_column": sentence("The column {column} is missing"),
    "unknown_format": sentence("No known format has these columns"),
    "short_row": sentence("The row has {cells} cells, the header {columns}"),
    "cut_row": sentence("The file ends within this record, after {cells} of {columns} cells. Fetch it again"),
    "cut_off": sentence("The file ends behind this order, which may have more lines. Fetch it again"),
    "missing_file": sentence("The file {file} belongs to this export and is missing"),
    # cells
    "missing": sentence("{column} is empty"),
    "beyond_header": sentence("There is a value beyond the last column: {value}"),
    "bad_quantity": sentence("{column} must be a whole number from 1 up, not {value}"),
    "bad_number": sentence("{column} must be a whole number from {least} to {most}, not {value}"),
    "bad_amount": sentence("{column} is no amount of money: {value}"),
    "not_an_order": sentence("There is something in the list that is no order"),
    "bad_time": sentence("{column} is no date and time: {value}"),
    "two_dates": sentence("{column} could mean two days: {value}. Write it as 2026-12-31"),
    "control_character": sentence("{column} holds the control character {character}: mend it in the channel"),
    "too_long": sentence("{column} has {count} characters: mend it in the channel"),
    "bad_reference": sentence("{column} can't be an order's number"),
    "bad_date": sentence("{column} is no date (2026-12-31): {value}"),
    "bad_clock": sentence("{column} is no time of day (16:00): {value}"),
    "no_working_day": sentence("{column} leaves no day to work on: {value}"),
    "bad_yes_no": sentence("{column} must be yes or no, not {value}"),
    "bad_choice": sentence("{column} must be one of {choices}, not {value}"),
    "bad_check_digits": sentence("{column} must be 2 to 5 digits, not {value}"),
    "bad_layout": sentence(
        "{column}: {value} is no layout such as 21IIIIIWWWWWC, or a code can fit it and another one of the list"
    ),
    "bad_pin": sentence("{column} must be 4 to 8 digits"),
    "bad_zone": sentence("{column} is no time zone such as Asia/Shanghai: {value}"),
    "bad_name": sentence("{column} can't be {value}: no spaces, commas or leading @"),
    "number_lost": sentence("{column} was turned into a number by a spreadsheet and lost its digits: {value}"),
    "wrong_check_digit": sentence("{column}: the last digit of {value} should be {right}"),
    "code_twice": sentence("{column}: {value} stands there twice with different quantities"),
    # rows against each other and against what is known
    "row_twice": sentence("The same as row {row}"),
    "record_twice": sentence("The same as record {record}, cell by cell"),
    "line_twice": sentence("{line} stands in record {record} too, and not the same: ask the channel which one counts"),
    "unlike_record": sentence("{column} differs from record {record} of the same order: {value}"),
    "rows_differ": sentence(
        "{column} differs from record {record} of the same order: ask the channel which one counts"
    ),
    "unlike_row": sentence("{column} differs from row {row} of the same order: {value}"),
    "unknown": sentence("{column}: there is no {value}"),
    "code_shared": sentence("{code} also stands on {sku}: a scan will have to ask which one"),
    "code_is_place": sentence("{code} is a place and a code of {sku}: a scan will have to ask which is meant"),
    "lot_missing": sentence("This item is lot-controlled: {column} is needed"),
    "lot_unwanted": sentence("This item is not lot-controlled: leave {column} empty"),
    "not_a_bin": sentence("{column}: {value} is not a bin"),
    "not_staging": sentence("{column}: {value} is not a staging place"),
    "expiry_differs": sentence("Lot {lot} is known to expire on {expiry}"),
    "below_promised": sentence("Only {free} units are there and not promised: correct it with a stock adjustment"),
    "range_backwards": sentence("{column}: the last number {last} is below the first {first} or has too many digits"),
    "range_overlap": sentence("These numbers overlap those of {carrier}"),
    "range_used": sentence("Numbers up to {used} were given out already: keep them, or start above"),
    # label data
    "label_too_long": sentence("{column} is longer than {most} characters"),
    "label_control": sentence("{column} holds a control character"),
    "bad_waybill": sentence("{column}: {value} is no waybill number"),
    "not_masked": sentence("{column} hides nothing of the person (no stars): it is not kept"),
    "label_no_object": sentence("There is something in the list that is no label"),
    "label_no_text": sentence("{column} must be a text in quotes: a number loses its zeros"),
    "order_unknown": sentence("There is no order {order}"),
    "order_several": sentence("{order} is an order of several channels: name the channel"),
    "order_over": sentence("The order is {status}: no label is made for it any more"),
    "waybill_differs": sentence("The order has waybill {other}: a supervisor decides which one counts"),
    "waybill_elsewhere": sentence("{number} is the waybill of order {order}: a supervisor decides"),
    # orders
    "no_items": sentence("The order has no items"),
    "missing_details": sentence("The export has no goods of this order: import its details together with it"),
    "goods_missing": sentence(
        "The order is worth {said}, its goods only {found}: rows are missing, fetch the file again"
    ),
    "merged_skus": sentence("One row names several goods and not how many of each: {codes}"),
    "known": sentence("Here already"),
    "group_complete": sentence("Its group is complete now"),
    "not_recorded": sentence("Not recorded: import the file again"),
    "changed": sentence("The channel changed it ({what}): take the change or keep the order, on the board"),
    "goods_changed": sentence("The goods were changed in the channel ({value}): compare them before it is released"),
    "no_sku": sentence("A line has no SKU"),
    "no_address": sentence("There is no address to ship to"),
    "no_recipient": sentence("The file has no recipient: get the label from the platform"),
    "incomplete_recipient": sentence("The recipient has no name or no street: get the label from the platform"),
    "masked_recipient": sentence("The recipient is masked: get the label from the platform"),
    "not_paid": sentence("Not paid yet"),
    "cancelled": sentence("Cancelled"),
    "draft": sentence("Not confirmed yet"),
    "closed": sentence("Closed without being delivered in full"),
    "on_hold": sentence("On hold in the channel: settle it there first"),
    "sent_by_supplier": sentence("The supplier sends it"),
    "other_unit": sentence("A line is sold in {unit}: tell how many pieces that is"),
    "order_unlike": sentence("Record {record} says something else of the same order: fetch the file again"),
    "line_missing": sentence("The order names the line {line}, which is not in the file: export both again"),
    "unavailable": sentence("The seller could not deliver"),
    "refunded": sentence("Refunded in full"),
    "partly_refunded": sentence("Refunded in part: the file does not say which line"),
    "partly_shipped": sentence("A line was shipped in part: the file does not say how many are left"),
    "already_shipped": sentence("Shipped already"),
    "refund_asked": sentence("A refund is under way ({status}): settle it in the channel before anything is sent"),
    "stopped": sentence("The channel stopped this order ({status}): settle it there first"),
    "nothing_to_ship": sentence("Nothing in it is shipped"),
    "not_goods": sentence("Postage, a fee or a discount: nothing to pick"),
    "cancel_requested": sentence("The buyer asked to cancel: answer in the channel first"),
    "counts_differ": sentence("{count} to ship, but {bought} bought and {shipped} shipped: ask the channel"),
    "pieces_differ": sentence("The order says {count} pieces, its lines {found}: fetch the file again"),
    "other_export": sentence("This export has no items. Fetch the one that the channel calls {name}"),
    "unknown_status": sentence("{column} is {value}, which nobody here knows: look in the channel"),
    "order_twice": sentence("The same order stands in {row}"),
    "id_taken": sentence("Channel {channel} has an order {reference} that has the same name here. Rename this channel"),
    "unknown_order": sentence("There is no order {order} in this export"),
    "no_stock": sentence("{sku}: {missing} more needed"),
    "group_open": sentence("A group buy: its group is not complete yet"),
    "presale_no_date": sentence("A pre-sale without a day: ask the channel from when it may be sent"),
    "presale_until": sentence("A pre-sale: not to be sent before {day}"),
    # left out of a wave
    "bin_unreachable": sentence("Nobody can walk to {place}: see wms floor check"),
    "too_large_for_cart": sentence("One {sku} is more than a cart carries: see wms wave rules"),
    "not_waiting": sentence("It waits for no wave any more"),
    "planned_otherwise": sentence("Its lines are not those that were planned: plan again"),
    "cart_full": sentence("The cart is full without it: plan again"),
    "taken_out": sentence("Somebody took it out of the plan"),
    # beside a plan
    "floor_guessed": sentence("Nobody told where the bins are: metres are guesses by their order (wms floor import)"),
    "no_habit": sentence("{routing} is for parallel aisles: this floor is walked the shortest way"),
    "bins_unplaced": sentence("{count} bins have no place on the floor, each is put beside the next one: {bins}"),
    "plain_planner": sentence("The compiled planner is not installed: the same plan takes much longer to find"),
    # told to the channels
    "several_parcels": sentence("It left in several parcels: the form takes one waybill. Enter it at the channel"),
    "sent_in_part": sentence("It was sent in part: the form needs the channel's own items. Enter it at the channel"),
    "no_waybill": sentence("A parcel left without a waybill"),
    "carrier_unknown": sentence("The carrier of {number} is not known: enter it at the channel"),
    "unknown_item": sentence("{sku} is not set up"),
    # the review of orders
    "large_orders": sentence("{n} large orders to one address in {hours} h, also {order}"),
    "first_order": sentence("The first order of this buyer, worth {amount}"),
    "blocked_buyer": sentence("This buyer is blocked"),
    "blocked_phone": sentence("This phone number is blocked"),
    "blocked_address": sentence("This address is blocked"),
    "address_without_name": sentence("The address has no name"),
    "address_without_street": sentence("The address has no street"),
    "address_without_city": sentence("The address has no city"),
    "phone_missing": sentence("There is no phone number, the carrier needs one"),
    "phone_implausible": sentence("The phone number can't be right"),
    "postcode_missing": sentence("There is no postcode, the carrier needs one"),
    "postcode_implausible": sentence("The postcode can't be right"),
    "same_elsewhere": sentence("The same goods for the same person came as order {order}: which one counts?"),
    "send_together": sentence("Order {order} goes to the same buyer and address: send them together?"),
}


def explain(reason: str) -> tuple[str, dict[str, str]]:
    """The English sentence of one reason and the values that go in; a reason nobody knows explains itself.

    >>> explain("bad_quantity:quantity:-1")[1]
    {'column': 'quantity', 'value': '-1'}
    """
    code, _, rest = reason.partition(":")
    text = SENTENCES.get(code)
    if text is None:
        return "{reason}", {"reason": reason}
    names = list(dict.fromkeys(name for _, name, _, _ in Formatter().parse(text) if name))
    values = rest.split(":", len(names) - 1) if names else []
    return text, dict(zip(names, values + [""] * len(names), strict=False))
