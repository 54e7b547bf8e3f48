"""The hub's own tables, in steps that are only ever added to: each engine runs those it has not run yet, in order.

Every key begins with the warehouse (`wh`). Times are UTC seconds. `{bytes}` and `{int}` are the engine's words for byte
strings and for whole numbers of 64 bits. Of tokens and codes only hashes are kept.
"""

from __future__ import annotations

import re

COMMON: tuple[tuple[str, str], ...] = (
    (
        "warehouses",
        """
        -- which terminals and programs may speak, in which role; a revoked one keeps its line
        CREATE TABLE hub_terminal (
            wh TEXT NOT NULL,
            device TEXT NOT NULL,
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            token_hash TEXT NOT NULL,
            public_key {bytes} NOT NULL,
            enrolled {int} NOT NULL,
            last_seen {int} NOT NULL DEFAULT 0,
            revoked {int} NOT NULL DEFAULT 0,
            PRIMARY KEY (wh, device)
        )

        CREATE UNIQUE INDEX hub_terminal_token ON hub_terminal (wh, token_hash)

        CREATE TABLE hub_code (
            wh TEXT NOT NULL,
            code_hash TEXT NOT NULL,
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            expires {int} NOT NULL,
            PRIMARY KEY (wh, code_hash)
        )

        CREATE TABLE hub_client (
            wh TEXT NOT NULL,
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            token_hash TEXT NOT NULL,
            created {int} NOT NULL,
            revoked {int} NOT NULL DEFAULT 0,
            PRIMARY KEY (wh, name)
        )

        CREATE UNIQUE INDEX hub_client_token ON hub_client (wh, token_hash)

        -- what was decided, so that the same request gets the same answer
        CREATE TABLE hub_answer (
            wh TEXT NOT NULL,
            device TEXT NOT NULL,
            request TEXT NOT NULL,
            at {int} NOT NULL,
            body {bytes} NOT NULL,
            PRIMARY KEY (wh, device, request)
        )

        CREATE INDEX hub_answer_by_age ON hub_answer (wh, at)

        -- how far each device has come in each of its epochs, and the hash over all of that
        CREATE TABLE hub_epoch (
            wh TEXT NOT NULL,
            device TEXT NOT NULL,
            epoch {int} NOT NULL,
            last_n {int} NOT NULL,
            chain {bytes} NOT NULL,
            PRIMARY KEY (wh, device, epoch)
        )

        -- which run of a device's program was given which epoch; `serial` counts the runs of a device
        CREATE TABLE hub_session (
            wh TEXT NOT NULL,
            device TEXT NOT NULL,
            session TEXT NOT NULL,
            serial {int} NOT NULL,
            epoch {int} NOT NULL,
            at {int} NOT NULL,
            PRIMARY KEY (wh, device, session)
        )

        CREATE UNIQUE INDEX hub_session_serial ON hub_session (wh, device, serial)

        -- the lives of the journal: each branches from the one before at a position
        CREATE TABLE hub_life (
            wh TEXT NOT NULL,
            serial {int} NOT NULL,
            life TEXT NOT NULL,
            branched {int} NOT NULL,
            device TEXT NOT NULL,
            began {int} NOT NULL,
            PRIMARY KEY (wh, serial)
        )

        -- counters of a carrier's range up to which nothing is ever leased out (again)
        CREATE TABLE hub_floor (
            wh TEXT NOT NULL,
            numbers TEXT NOT NULL,
            counter {int} NOT NULL,
            PRIMARY KEY (wh, numbers)
        )

        -- how far the journal had come at the end of each day, by the hub's clock
        CREATE TABLE hub_day (
            wh TEXT NOT NULL,
            day {int} NOT NULL,
            position {int} NOT NULL,
            PRIMARY KEY (wh, day)
        )

        CREATE TABLE hub_audit (
            wh TEXT NOT NULL,
            serial {int} NOT NULL,
            at {int} NOT NULL,
            actor TEXT NOT NULL,
            act TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (wh, serial)
        )

        -- the interface for other programs
        CREATE TABLE hub_idempotency (
            wh TEXT NOT NULL,
            client TEXT NOT NULL,
            request TEXT NOT NULL,
            digest TEXT NOT NULL,
            at {int} NOT NULL,
            status {int} NOT NULL,
            body {bytes} NOT NULL,
            PRIMARY KEY (wh, client, request)
        )

        CREATE INDEX hub_idempotency_by_age ON hub_idempotency (wh, at)

        -- `told` is the id of the last event delivered, `claimed` until when one of the hub's processes delivers alone
        CREATE TABLE hub_webhook (
            wh TEXT NOT NULL,
            id TEXT NOT NULL,
            client TEXT NOT NULL,
            url TEXT NOT NULL,
            secret TEXT NOT NULL,
            kinds TEXT NOT NULL,
            cursor {int} NOT NULL,
            told TEXT NOT NULL DEFAULT '',
            created {int} NOT NULL,
            attempts {int} NOT NULL DEFAULT 0,
            due {int} NOT NULL DEFAULT 0,
            failing {int} NOT NULL DEFAULT 0,
            trouble TEXT NOT NULL DEFAULT '',
            disabled {int} NOT NULL DEFAULT 0,
            holder TEXT NOT NULL DEFAULT '',
            claimed {int} NOT NULL DEFAULT 0,
            PRIMARY KEY (wh, id)
        )
        """,
    ),
)

POSTGRES: tuple[tuple[str, str], ...] = (
    (
        "journal",
        """
        -- the row of a warehouse is its counter: it is locked first, so positions have no holes
        CREATE TABLE hub_head (
            wh TEXT PRIMARY KEY,
            position {int} NOT NULL,
            keys {int} NOT NULL,
            touched {int} NOT NULL
        )

        CREATE TABLE hub_event (
            wh TEXT NOT NULL,
            position {int} NOT NULL,
            device TEXT NOT NULL,
            epoch {int} NOT NULL,
            n {int} NOT NULL,
            at {int} NOT NULL,
            person TEXT NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (wh, position),
            UNIQUE (wh, device, epoch, n)
        )

        -- keys that open recipients; a destroyed one stays as an empty line, and serials have no holes
        CREATE TABLE hub_key (
            wh TEXT NOT NULL,
            subject TEXT NOT NULL,
            key {bytes},
            serial {int} NOT NULL,
            PRIMARY KEY (wh, subject)
        )

        CREATE UNIQUE INDEX hub_key_serial ON hub_key (wh, serial)
        """,
    ),
)
"""The journal itself, where it is not the store's own: PostgreSQL's."""


def statements(step: str, *, integer: str, binary: str, ending: str = "") -> list[str]:
    """The step in an engine's own words, statement by statement; `ending` goes behind each table."""
    return [
        line.strip().format(int=integer, bytes=binary) + (ending if "CREATE TABLE" in line else "")
        for line in step.strip().split("\n\n")
    ]


def table_names(steps: tuple[tuple[str, str], ...]) -> list[str]:
    """The tables that the steps make, in that order."""
    return [name for _, text in steps for name in re.findall(r"CREATE TABLE (\w+)", text)]
