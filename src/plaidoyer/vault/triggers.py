"""What the database does by itself on a sealed table, whoever writes to it.

A new document's key is taken off it and kept apart. A document that is emptied or replaced by
another row's, or whose row is deleted, takes its key with it: that is how somebody is erased.
"""

from django.db import migrations

# What is what in a new document, its key before it (seals).
KEY, DOCUMENT = "substring(sealed FROM 2 FOR 62)", "substring(sealed FROM 64)"

FUNCTIONS = """
CREATE FUNCTION vault_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO vault_key (uid, wrapped) VALUES (NEW.uid, substring(NEW.sealed FROM 2 FOR 62))
        ON CONFLICT (uid) DO UPDATE SET wrapped = excluded.wrapped;
    NEW.sealed := substring(NEW.sealed FROM 64);
    RETURN NEW;
END $$;
CREATE FUNCTION vault_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM vault_key WHERE uid = OLD.uid;
    RETURN NULL;
END $$;
CREATE FUNCTION vault_drop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM vault_key USING gone WHERE vault_key.uid = gone.uid;
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = "DROP FUNCTION vault_keep(), vault_empty(), vault_drop()"

TRIGGERS = r"""
CREATE TRIGGER vault_keep BEFORE INSERT OR UPDATE OF sealed ON {table}
    FOR EACH ROW WHEN (substring(NEW.sealed FROM 1 FOR 1) = '\x4b'::bytea)
    EXECUTE FUNCTION vault_keep();
CREATE TRIGGER vault_empty AFTER UPDATE OF sealed, uid ON {table}
    FOR EACH ROW WHEN (NEW.uid <> OLD.uid OR (NEW.sealed = ''::bytea AND OLD.sealed <> ''::bytea))
    EXECUTE FUNCTION vault_empty();
CREATE TRIGGER vault_drop AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION vault_drop();
"""
DROP_TRIGGERS = "DROP TRIGGER {name} ON {table};"


def lay(table: str) -> migrations.RunSQL:
    """The step of a migration that gives `table` its triggers."""
    names = ("vault_keep", "vault_empty", "vault_drop")
    undo = "".join(DROP_TRIGGERS.format(name=name, table=table) for name in names)
    return migrations.RunSQL(TRIGGERS.format(table=table), undo)
