"""Webhooks over the API: registered, looked at, let go."""

from __future__ import annotations

import msgspec

from wms.domain import events as e
from wms.domain.review import Review
from wms.hub.answering import Refusal
from wms.hub.api import models as m
from wms.hub.api.events import TYPES
from wms.hub.api.feed import position_after
from wms.hub.api.idempotency import keep
from wms.hub.api.operation import Call, Operation, Reply
from wms.hub.api.reading import heard_up_to
from wms.hub.database import Session
from wms.hub.roles import ClientRole
from wms.hub.webhooks import TooMany, Webhook, Webhooks
from wms.hub.webhooks_targets import NotAllowed, Targets

NO_WEBHOOK = "No webhook has this id."


def register(call: Call, targets: Targets) -> Reply:
    wanted: m.WebhookIn = call.body
    try:
        targets.require(wanted.url)
    except NotAllowed as error:
        raise Refusal(422, "url", str(error)) from error
    unknown = [kind for kind in wanted.types if kind not in TYPES]
    if unknown:
        raise Refusal(422, "types", f"there are no events of type {unknown[0]!a}")
    cursor = position_after(call, "end" if wanted.after is None else wanted.after)
    kinds = tuple(dict.fromkeys(wanted.types))

    def work(session: Session) -> Reply:
        hook = _kept(call).add(session, call.caller.name, wanted.url, kinds, cursor, call.now)
        made = m.WebhookMade(_out(hook, cursor), hook.secret)
        keep(call, session, Reply(201, msgspec.structs.replace(made, secret=None)))
        return Reply(201, made)

    try:
        return call.hub.database.write(work)
    except TooMany as error:
        raise Refusal(409, "too_many", str(error)) from error


def listing(call: Call) -> Reply:
    head = heard_up_to(call.hub)
    return Reply(200, m.WebhookList(tuple(_out(hook, head) for hook in _kept(call).listing(_whose(call)))))


def one(call: Call) -> Reply:
    return Reply(200, _out(_named(call), heard_up_to(call.hub)))


def delete(call: Call) -> Reply:
    if not _kept(call).delete(call.path["id"], _whose(call)):
        raise Refusal(404, "no_webhook", "there is no such webhook")
    return Reply(204)


def enable(call: Call) -> Reply:
    """The exception that told of its silence is closed with it."""
    hook, reply = _named(call), Reply(204)

    def work(session: Session) -> None:
        _kept(call).enable(session, hook.id)
        keep(call, session, reply)

    name = f"webhook/{hook.id}"
    review = call.hub.rows.get(Review, name)
    if review is not None and review.open:
        call.hub.record([e.ReviewClosed(name, "enabled")], call.person, beside=lambda session, _: work(session))
    else:
        call.hub.database.write(work)
    return reply


def _kept(call: Call) -> Webhooks:
    return Webhooks(call.hub.database, call.hub.warehouse)


def _whose(call: Call) -> str | None:
    """The program whose webhooks it may see and touch; None for an administrator's, which may all."""
    return None if call.caller.role == ClientRole.ADMIN else call.caller.name


def _named(call: Call) -> Webhook:
    hook = _kept(call).get(call.path["id"], _whose(call))
    if hook is None:
        raise Refusal(404, "no_webhook", "there is no such webhook")
    return hook


def _out(hook: Webhook, head: int) -> m.WebhookOut:
    return m.WebhookOut(
        hook.id,
        hook.url,
        tuple(filter(None, hook.kinds.split(","))),
        m.moment(hook.created),
        not hook.disabled,
        max(head - hook.cursor, 0),
        hook.attempts,
        m.moment_or_none(hook.failing),
        hook.trouble,
    )


def operations(targets: Targets) -> tuple[Operation, ...]:
    missing = {404: NO_WEBHOOK}
    return (
        Operation(
            "register_webhook", "POST", "/v1/webhooks", "Webhooks", "Have events sent to you",
            lambda call: register(call, targets), {201: ("Registered.", m.WebhookMade)}, body=m.WebhookIn,
            refusals={409: "There are too many webhooks."}, acting=True,
            about="Events of the feed are sent as they happen, one at a time and in order, signed after the Standard"
            " Webhooks specification (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`). Answer with 2xx"
            " within 15 seconds. Everything else is tried again, for five days at growing intervals; then the webhook"
            " is disabled and an exception says so. 410 disables it at once. The same `webhook-id` may come more than"
            " once. URLs must be https and public unless the administrator listed your network. The secret is in the"
            " first answer only: the same request sent again with its Idempotency-Key is answered without it (null). If"
            " the first answer was lost, delete the webhook and register it anew.",
        ),
        Operation(
            "list_webhooks", "GET", "/v1/webhooks", "Webhooks", "List webhooks", listing,
            {200: ("Without their secrets.", m.WebhookList)},
            about="Role erp sees and touches those it registered itself, role admin all.",
        ),
        Operation(
            "enable_webhook", "POST", "/v1/webhooks/{id}/enable", "Webhooks", "Let a disabled one try again", enable,
            {204: ("It goes on where it stood.", None)}, refusals=missing, acting=True,
        ),
        Operation(
            "get_webhook", "GET", "/v1/webhooks/{id}", "Webhooks", "One webhook", one,
            {200: ("The webhook.", m.WebhookOut)}, refusals=missing,
        ),
        Operation(
            "delete_webhook", "DELETE", "/v1/webhooks/{id}", "Webhooks", "Let one go", delete,
            {204: ("Gone.", None)}, refusals=missing,
        ),
    )  # fmt: skip
