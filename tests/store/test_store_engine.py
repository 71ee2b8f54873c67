import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from newsletter.model.people import Consent
from newsletter.store import consents, migrate, suppressions
from newsletter.store.deed_tables import deed
from newsletter.store.dialects import bulk_insert
from newsletter.store.engine import Store, StoreError, open_store
from newsletter.store.session_tables import sign_in_event
from newsletter.store.tables import APPEND_ONLY, approval, delivery_event, issue_event, metadata, suppression
from newsletter.store.tables import consent as consent_table
from newsletter.store.tables import subscriber as people

URL = "sqlite:///subscribers/newsletter.db"
NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
LINE = Consent("f00d", "community", "added", NOW, "test")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(URL, tmp_path)


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("_every_store_is_migrated")
def test_a_new_store_is_made_below_the_workspace_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    open_store(URL, tmp_path)
    file = tmp_path / "subscribers" / "newsletter.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.usefixtures("_every_store_is_migrated")
def test_opening_again_finds_the_schema_in_order(store: Store, tmp_path: Path) -> None:
    assert not migrate.migrate(open_store(URL, tmp_path))


def test_the_program_speaks_the_newest_schema() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


@pytest.mark.usefixtures("_every_store_is_migrated")
def test_the_migrations_build_the_very_tables_the_queries_use(store: Store) -> None:
    with store.read() as connection:
        # On PostgreSQL every text is of any length and every number of 64 bits: dialects/postgresql.py.
        types = connection.dialect.name == "sqlite"
        context = MigrationContext.configure(connection, opts={"compare_type": types})
        assert compare_metadata(context, metadata) == []


@pytest.mark.usefixtures("_every_store_is_migrated")
def test_a_store_of_a_newer_program_is_refused_in_a_sentence(store: Store, tmp_path: Path) -> None:
    with store.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"):
        open_store(URL, tmp_path)


@pytest.mark.sqlite_only
def test_a_url_that_is_none_and_a_place_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not a database URL"):
        open_store("newsletter.db", tmp_path)
    with pytest.raises(StoreError, match="without a driver"):
        open_store("parchment:///newsletter.db", tmp_path)
    (tmp_path / "subscribers").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"subscribers/newsletter\.db"):
        open_store(URL, tmp_path)


@pytest.mark.sqlite_only
def test_a_file_that_is_no_database_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "subscribers").mkdir()
    (tmp_path / "subscribers" / "newsletter.db").write_bytes(b"this is not a database, it is a letter" * 40)
    with pytest.raises(StoreError, match="not a database"):
        open_store(URL, tmp_path)


@pytest.mark.sqlite_only
def test_commits_survive_a_power_cut_and_foreign_keys_hold(store: Store) -> None:
    with store.read() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_writers_who_read_first_wait_for_each_other_and_none_is_lost(store: Store) -> None:
    def work(name: int) -> None:
        for turn in range(25):
            with store.begin() as connection:
                before = suppressions.count(connection, "lab")
                suppressions.add(connection, "lab", f"{name}-{turn}-{before}", reason="operator", at=NOW)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as connection:
        assert suppressions.count(connection, "lab") == 100


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive"), store.begin() as connection:
        consents.append(connection, "lab", [LINE, replace(LINE, at=datetime(2026, 12, 4))])
    with store.read() as connection:
        assert consents.of(connection, "lab", LINE.who) == ()


def test_what_is_written_while_reading_is_rolled_back(store: Store) -> None:
    with store.read() as connection:
        suppressions.add(connection, "lab", "f00d", reason="operator", at=NOW)
    with store.read() as connection:
        assert suppressions.reason_of(connection, "lab", "f00d") == ""


def test_what_was_copied_in_while_reading_is_rolled_back_too(store: Store) -> None:
    with store.read() as connection:
        bulk_insert(connection, suppression, [_row() | {"who": f"{n}", "reason": "operator"} for n in range(50)])
    with store.read() as connection:
        assert suppressions.count(connection, "lab") == 0


def test_statements_that_were_prepared_outlast_what_only_looked(store: Store) -> None:
    """PostgreSQL plans them anew otherwise; SQLite's driver keeps its own."""
    if store.engine.dialect.name != "postgresql":
        return
    for _ in range(10):
        with store.read() as connection:
            suppressions.count(connection, "lab")
    with store.read() as connection:
        known = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements").scalars().all()
    assert any("FROM suppression" in one for one in known), known


def test_reading_keeps_no_writer_waiting(store: Store) -> None:
    with store.read() as reading:
        assert suppressions.count(reading, "lab") == 0
        with store.begin() as connection:
            suppressions.add(connection, "lab", "f00d", reason="operator", at=NOW)
        assert suppressions.count(reading, "lab") == 0, "a reader sees one moment"


def test_instants_come_back_in_utc_and_naive_ones_are_refused(store: Store) -> None:
    noon_in_tokyo = datetime(2026, 12, 4, 12, 0, tzinfo=timezone(timedelta(hours=9)))
    with store.begin() as connection:
        consents.append(connection, "lab", [Consent("f00d", "community", "added", noon_in_tokyo, "test")])
        (line,) = consents.of(connection, "lab", "f00d")
    assert line.at == noon_in_tokyo
    assert line.at.tzinfo is UTC
    naive = Consent("f00d", "community", "added", datetime(2026, 12, 4), "test")
    with pytest.raises(sa.exc.StatementError, match="naive"), store.begin() as connection:
        consents.append(connection, "lab", [naive])


@pytest.mark.parametrize("verb", ["UPDATE {} SET community = 'other'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_logs_can_only_grow(store: Store, table: str, verb: str) -> None:
    with store.begin() as connection:
        connection.execute(
            sa.insert(consent_table), {**_row(), "who": "f00d", "list": "l", "action": "added", "how": ""}
        )
        connection.execute(sa.insert(issue_event), {**_row(), "key": "weekly-2026-12-04", "state": "drafted"})
        connection.execute(
            sa.insert(delivery_event), {**_row(), "delivery_id": "d", "kind": "lost", "state": "unknown"}
        )
        connection.execute(sa.insert(approval), {**_row(), "key": "weekly-2026-12-04", "action": "approve"})
        connection.execute(sa.insert(sign_in_event), {**_row(), "kind": "signed in", "who": "f00d"})
        connection.execute(
            sa.insert(deed), {**_row(), "number": 1, "actor_kind": "schedule", "deed": "sent", "seal": "f00d"}
        )
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), store.begin() as connection:
        connection.exec_driver_sql(verb.format(table))


@pytest.mark.parametrize("table", [consent_table, delivery_event], ids=str)
def test_the_words_of_a_line_may_be_blanked_and_nothing_else_of_it(store: Store, table: sa.Table) -> None:
    with store.begin() as connection:
        rows = {
            "consent": {**_row(), "who": "f00d", "list": "l", "action": "added", "how": "", "detail": "Ada asked"},
            "delivery_event": {**_row(), "delivery_id": "d", "kind": "lost", "state": "unknown", "detail": "Ada"},
        }
        connection.execute(sa.insert(table), rows[table.name])
    for change in ("detail = 'another word'", "detail = '', community = 'other'", "at = '1999-01-01 00:00:00'"):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"), store.begin() as connection:
            connection.exec_driver_sql(f"UPDATE {table.name} SET {change}")
    with store.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {table.name} SET detail = ''")
        assert connection.execute(sa.select(table.c.detail)).scalars().all() == [""]


def test_when_somebody_agreed_can_never_be_changed(store: Store) -> None:
    with store.begin() as connection:
        consents.append(connection, "lab", [replace(LINE, given_at=NOW - timedelta(days=900))])
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), store.begin() as connection:
        connection.exec_driver_sql("UPDATE consent SET detail = '', given_at = '2026-12-04 00:00:00'")
    with store.read() as connection:
        assert consents.of(connection, "lab", "f00d")[0].given_at == NOW - timedelta(days=900)


def _row() -> dict[str, object]:
    return {"community": "lab", "at": NOW}


def test_one_store_keeps_communities_apart(store: Store) -> None:
    with store.begin() as connection:
        consents.append(connection, "lab", [LINE])
        suppressions.add(connection, "lab", "f00d", reason="bounced", at=NOW)
        assert consents.of(connection, "club", "f00d") == ()
        assert suppressions.reason_of(connection, "club", "f00d") == ""


def test_a_graver_reason_takes_the_place_of_a_lighter_one_in_any_order(store: Store) -> None:
    for who, reasons in (("a", ("bounced", "complained")), ("b", ("complained", "bounced"))):
        with store.begin() as connection:
            for reason in reasons:
                suppressions.add(connection, "lab", who, reason=reason, at=NOW)  # type: ignore[arg-type]  # words
            assert suppressions.reason_of(connection, "lab", who) == "complained"


OLD_READER = """
    INSERT INTO subscriber (id, community, address, address_key, who, language, created_at)
    VALUES (:id, 'lab', :address, :address, :id, :language, :at)
"""


def store_of(version: str, root: Path) -> Store:
    """A store as an older program left it."""
    store = Store(sa.create_engine(f"sqlite:///{root / 'old.db'}"))
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    with store.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    return store


def test_every_table_names_its_community() -> None:
    assert [table.name for table in metadata.sorted_tables if "community" not in table.c] == []


@pytest.mark.usefixtures("_every_store_is_migrated")
def test_a_language_that_nobody_could_choose_is_not_kept_as_a_choice(tmp_path: Path) -> None:
    store = store_of("0006", tmp_path)
    with store.begin() as connection:
        for number, language in enumerate(("en", "de", "")):
            row = {"id": f"s{number}", "address": f"reader{number}@example.org", "language": language, "at": NOW}
            connection.execute(sa.text(OLD_READER), row)
    assert migrate.migrate(store)
    with store.read() as connection:
        found = [row.language for row in connection.execute(sa.select(people).order_by(people.c.address_key))]
    assert found == ["", "de", ""]


def test_an_erasure_does_not_take_the_place_of_a_complaint_or_of_an_operators_word(store: Store) -> None:
    for who, first in (("a", "complained"), ("b", "operator")):
        with store.begin() as connection:
            suppressions.add(connection, "lab", who, reason=first, at=NOW)  # type: ignore[arg-type]  # words
            suppressions.add(connection, "lab", who, reason="erased", at=NOW)
            assert suppressions.reason_of(connection, "lab", who) == first
            suppressions.add(connection, "lab", f"{who}2", reason="erased", at=NOW)
            suppressions.add(connection, "lab", f"{who}2", reason=first, at=NOW)  # type: ignore[arg-type]  # words
            assert suppressions.reason_of(connection, "lab", f"{who}2") == first
