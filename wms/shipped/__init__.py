"""Shipped: what channels are told of parcels that left, in the form their bulk import takes. No I/O."""

from wms.shipped.form import Form, Left, Shipment, ShippedParcel, Written
from wms.shipped.forms import FORMS, form_named, form_of

__all__ = ["FORMS", "Form", "Left", "Shipment", "ShippedParcel", "Written", "form_named", "form_of"]
