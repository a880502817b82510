"""Fill a gateway's database with very many cases: real ones, cloned under other names and times.

Each clone goes through the product's own row-making (`case_rows.columns`, `terms_of`); only the
writing is in bulk. Every case has its order and its search terms; the log of events and evidence,
which only an opened case reads, is written for every LOGGED-th case, else the disk holds little
else.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import sqlalchemy as sa

from agent_app.domain.case import CaseState
from agent_app.domain.ids import CaseId, CustomerId, OrderRef, ShopId, UserId
from agent_app.domain.masking import mask_name
from agent_app.domain.order import Customer
from agent_app.domain.roles import Role
from agent_app.gateway.store import (
    accounts,
    case_rows,
    queue_counts,
    schema,
    search_marks,
    search_terms,
)
from agent_app.gateway.store.codec import decode, encode, time_text
from agent_app.gateway.store.database import Database
from tests.bench.gateway_templates import Template

LOGGED = 10
SHOPS = {"sandbox": "main", "east": "main", "north": "north", "south": "south"}
"""The shops and their teams; cases are spread evenly over the shops."""
_FIRST = tuple(
    word
    for line in (
        "Maria José Ana João Antônio Francisca Carlos Paulo Adriana Juliana Chen Lin Amina",
        "Grace Jonas Emma Noah Mia Liam Olivia Lukas Hannah Elif Mehmet Ayşe Fatima Omar",
        "Layla Ivan Olga Sofia Mateo Lucía Diego Camila Haruto Yui Min-jun Seo-yeon Arjun",
        "Priya Rahul Ananya Thabo Zanele Kwame Abena Søren Łucja Zoë",
    )
    for word in line.split()
)
_LAST = tuple(
    word
    for line in (
        "Silva Santos Oliveira Souza Lima Pereira Ferreira Costa Rodrigues Almeida Müller",
        "Schmidt Weber Wagner Becker Hoffmann Koch Richter Klein Wolf Smith Johnson Williams",
        "Brown Jones Garcia Martínez López González Pérez Kim Park Lee Choi Tanaka Suzuki",
        "Sato Kaya Yılmaz Demir Diallo Traoré Okafor Mensah Dlamini Nkosi Singh Patel Sharma",
        "Gupta Ivanova Petrov Novák Kowalski Wiśniewski O'Neil Murphy Kelly Rossi Bianchi",
        "Dubois Moreau Laurent Jansen de-Vries Nielsen Hansen Virtanen",
    )
    for word in line.split()
)
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红文小"
_PEOPLE = (
    (UserId("chen"), Role.AGENT, ("main",)),
    (UserId("wide"), Role.AGENT, ("main", "north", "south")),
    (UserId("marta"), Role.LEAD, ("main",)),
    (UserId("grace"), Role.AUDITOR, ("main",)),
)
_BULK = 2_000


@dataclass(frozen=True, slots=True)
class Filled:
    """A database full of cases, and what the benchmark must know of them."""

    where: str
    """A file, or PostgreSQL's address."""
    cases: int
    tokens: dict[str, str]
    seconds: float
    size_bytes: int
    logged: tuple[str, ...]
    """Some open cases of the main team whose log was written."""
    seen: tuple[Customer, ...]
    """Some customers of the main team's open cases."""


def fill(path: Path, cases: int, templates: Sequence[Template]) -> Filled:
    """Make the SQLite file with so many cases, or take the one that an earlier run kept."""
    told = path.with_suffix(".json")
    if path.exists() and told.exists():
        return decode(told.read_bytes(), Filled)
    began = time.perf_counter()
    database = Database(path)
    tokens = {}
    with database.write() as connection:
        for user, role, teams in _PEOPLE:
            stored = accounts.User(user, user.title(), role, disabled=False, teams=teams)
            accounts.save_user(connection, stored)
            tokens[str(user)] = accounts.issue_token(connection, user, datetime.now(UTC))
        key = search_marks.make_key(connection)
        # The rows are made with their marks; of none a gateway has to make them beside its work.
        search_marks.fill(connection, datetime.now(UTC), most=1)
    database.close()
    with _bulk(path) as raw:
        logged, customers = _write(raw, cases, templates, key)
    database = Database(path)
    with database.write() as connection:
        queue_counts.recount(connection)
        for name in ("case_changes", "case_ids"):
            connection.execute(sa.insert(schema.counters).values(name=name, value=cases))
    database.close()
    seconds = time.perf_counter() - began
    size = path.stat().st_size
    filled = Filled(str(path), cases, tokens, seconds, size, tuple(logged), tuple(customers))
    path.with_suffix(".json").write_bytes(encode(filled))
    return filled


@contextlib.contextmanager
def _bulk(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that writes without journal, indexes being made at the end."""
    raw = sqlite3.connect(path, isolation_level=None)
    indexes = raw.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('cases', 'case_terms', 'orders')"
    ).fetchall()
    for pragma in ("journal_mode=DELETE", "journal_mode=OFF", "synchronous=OFF"):
        raw.execute(f"PRAGMA {pragma}").fetchall()
    raw.execute("PRAGMA cache_size=-1000000")
    raw.execute("BEGIN")
    for name, _ in indexes:
        raw.execute(f"DROP INDEX {name}")
    raw.execute("CREATE TABLE loose_terms (term TEXT, case_id TEXT)")
    yield raw
    raw.execute(
        "INSERT INTO case_terms SELECT DISTINCT term, case_id FROM loose_terms ORDER BY 1, 2"
    )
    raw.execute("DROP TABLE loose_terms")
    for _, statement in indexes:
        raw.execute(statement)
    raw.execute("COMMIT")
    raw.execute("PRAGMA journal_mode=WAL").fetchall()
    raw.close()


def _write(
    raw: sqlite3.Connection, cases: int, templates: Sequence[Template], key: str
) -> tuple[list[str], list[Customer]]:
    chance = random.Random(5)
    now = datetime.now(UTC)
    waiting: dict[str, list[dict[str, object]]] = {}
    logged: list[str] = []
    customers: list[Customer] = []
    for number in range(1, cases + 1):
        clone = _clone(number, templates[number % len(templates)], chance, now, key)
        for table, rows in clone.rows.items():
            waiting.setdefault(table, []).extend(rows)
        if clone.is_mains and len(customers) < 500 and chance.random() < 0.2:
            customers.append(clone.customer)
        if clone.is_mains and "events" in clone.rows and len(logged) < 2_000:
            logged.append(clone.id)
        if number % _BULK == 0 or number == cases:
            for table, rows in waiting.items():
                names = list(rows[0])
                marks = ", ".join(f":{name}" for name in names)
                columns = ", ".join(f'"{name}"' for name in names)
                raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
            waiting.clear()
    chance.shuffle(logged)
    return logged, customers


@dataclass(frozen=True, slots=True)
class _Clone:
    id: str
    customer: Customer
    is_mains: bool
    rows: dict[str, list[dict[str, object]]]


def _clone(
    number: int, template: Template, chance: random.Random, now: datetime, key: str
) -> _Clone:
    case_id = CaseId(f"C{number:06d}")
    ref = OrderRef(f"PG-{(number * 7_368_787) % 99_999_989:08d}")
    shop = ShopId(list(SHOPS)[number % len(SHOPS)])
    customer = _customer(number, chance)
    age = timedelta(seconds=chance.randrange(30 * 86_400))
    ahead = timedelta(seconds=chance.randrange(60, 5 * 86_400))
    order = replace(
        template.order,
        shop=shop,
        ref=ref,
        customer=customer,
        shop_number=f"#{100_000 + number}",
        placed_at=now - age - timedelta(minutes=20),
        deadlines=tuple(replace(d, at=now + ahead) for d in template.order.deadlines),
    )
    state = _state(chance)
    deadline = template.row.deadline
    row = msgspec.structs.replace(
        template.row,
        id=case_id,
        shop=shop,
        shop_label=shop.title(),
        ref=ref,
        shop_number=order.shop_number,
        customer_masked=mask_name(customer.name),
        placed_at=order.placed_at,
        flagged_at=now - age,
        updated_at=now - age,
        deadline=replace(deadline, at=now + ahead) if deadline else None,
        state=state,
        marks=search_marks.of_order(key, order),
    )
    case = replace(
        template.case,
        id=case_id,
        shop=shop,
        ref=ref,
        state=state,
        flagged_at=row.flagged_at,
        needs_approval=state is CaseState.WAITING_APPROVAL,
    )
    terms = search_terms.terms_of(case_id, order)
    team = SHOPS[shop]
    values = case_rows.columns(case, row, team=team, seq=number)
    mark = search_terms.mark_of(terms)
    due = time_text(now + ahead) if state is not CaseState.RESOLVED else None
    rows: dict[str, list[dict[str, object]]] = {
        "cases": [{"id": case_id, **values, "terms_mark": mark}],
        "orders": [{"shop": shop, "ref": ref, "body": encode(order), "due_at": due}],
        "loose_terms": [{"term": term, "case_id": case_id} for term in terms],
    }
    if number % LOGGED == 0 or number <= 100:
        had = template.order.ref.encode()
        for table, lines in (("events", template.events), ("evidence", template.evidence)):
            rows[table] = [
                {
                    **line,
                    "shop": shop,
                    "ref": ref,
                    "body": bytes(line["body"]).replace(had, ref.encode()),  # type: ignore[call-overload]
                }
                for line in lines
            ]
    is_open = state is not CaseState.RESOLVED
    return _Clone(
        case_id, customer, team == "main" and is_open, {k: v for k, v in rows.items() if v}
    )


def _state(chance: random.Random) -> CaseState:
    """Four in five cases are open; of those a few wait, fewer for an approval."""
    draw = chance.random()
    if draw < 0.2:
        return CaseState.RESOLVED
    if draw < 0.3:
        return CaseState.WAITING_CUSTOMER
    return CaseState.WAITING_APPROVAL if draw < 0.305 else CaseState.FLAGGED


def _customer(number: int, chance: random.Random) -> Customer:
    if chance.random() < 0.25:
        given = "".join(chance.choices(_GIVEN, k=chance.choice((1, 2, 2))))
        name = chance.choice(_SURNAMES) + given
        mail = f"u{number * 31 % 9_999_991}"
    else:
        # Some names are far commoner than others.
        first = _FIRST[int(len(_FIRST) * chance.random() ** 2)]
        last = _LAST[int(len(_LAST) * chance.random() ** 2)]
        name = f"{first} {last}"
        mail = f"{first}.{last}{number % 9_973}".lower().encode("ascii", "ignore").decode()
    domain = chance.choice(("example.com", "example.org", "mail.example.net"))
    phone = f"+{chance.choice((49, 55, 86, 1))} {chance.randrange(10**9, 10**10)}"
    return Customer(CustomerId(f"cus{number}"), name, f"{mail}@{domain}", phone)


def copy(filled: Filled, address: str) -> Filled:
    """Copy a SQLite file into an empty PostgreSQL database; return the copy."""
    began = time.perf_counter()
    path = filled.where
    Database(address).close()
    tables = [table for table in schema.metadata.sorted_tables if table.name != "settings"]
    with contextlib.closing(sqlite3.connect(path)) as source, psycopg.connect(address) as target:
        indexes = [
            index
            for name in ("cases", "case_terms", "orders")
            for index in target.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname"
                " NOT IN (SELECT conname FROM pg_constraint)",
                (name,),
            ).fetchall()
        ]
        for name, _ in indexes:
            target.execute(f'DROP INDEX "{name}"')
        for table in tables:
            _copy_table(source, target, table)
        # The key of the marks, and that all rows have theirs; the rest are each database's own.
        ours = (search_marks.KEY, search_marks.FILLED)
        for row in source.execute("SELECT name, value FROM settings WHERE name IN (?, ?)", ours):
            target.execute("INSERT INTO settings (name, value) VALUES (%s, %s)", row)
        for _, statement in indexes:
            target.execute(statement)
        target.commit()
        target.autocommit = True
        target.execute("VACUUM ANALYZE")
        size = target.execute("SELECT pg_database_size(current_database())").fetchone()
    assert size is not None
    seconds = time.perf_counter() - began
    return replace(filled, where=address, seconds=seconds, size_bytes=size[0])


def _copy_table(source: sqlite3.Connection, target: psycopg.Connection, table: sa.Table) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    flags = [i for i, column in enumerate(table.columns) if isinstance(column.type, sa.Boolean)]
    rows = source.execute(f'SELECT {names} FROM "{table.name}"')
    with target.cursor().copy(f'COPY "{table.name}" ({names}) FROM STDIN') as to:
        for row in rows:
            if flags:
                values = list(row)
                for i in flags:
                    values[i] = bool(values[i]) if values[i] is not None else None
                to.write_row(values)
            else:
                to.write_row(row)
