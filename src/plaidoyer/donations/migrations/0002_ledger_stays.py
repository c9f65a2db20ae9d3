from django.db import migrations

STAYS = ("payment", "reversal", "entry", "posting", "receiptline")

FORWARD = """
CREATE FUNCTION donations_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is booked is never changed' USING ERRCODE = 'restrict_violation';
END $$;

-- At the end of each transaction, every booking has two sides or more that sum to nothing.
CREATE FUNCTION donations_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE booking bigint := CASE TG_TABLE_NAME WHEN 'donations_entry' THEN NEW.id
    ELSE (to_jsonb(NEW) ->> 'entry_id')::bigint END;
BEGIN
    IF (SELECT count(*) FROM donations_posting WHERE entry_id = booking) < 2 OR EXISTS (
        SELECT FROM donations_posting WHERE entry_id = booking
        GROUP BY currency HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'booking % is out of balance', booking
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER donations_entry_balanced AFTER INSERT ON donations_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION donations_balanced();
CREATE CONSTRAINT TRIGGER donations_posting_balanced AFTER INSERT ON donations_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION donations_balanced();

-- No more goes back than came; whoever takes some back waits for who does so at the same moment.
CREATE FUNCTION donations_not_too_much() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE came bigint; gone bigint;
BEGIN
    SELECT amount INTO came FROM donations_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount), 0) INTO gone
        FROM donations_reversal WHERE payment_id = NEW.payment_id;
    IF gone + NEW.amount > came OR gone + NEW.amount < 0 THEN
        RAISE EXCEPTION 'more would go back than came' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER donations_not_too_much BEFORE INSERT ON donations_reversal
    FOR EACH ROW EXECUTE FUNCTION donations_not_too_much();

-- A receipt keeps its number and facts; only its drawing may go, once, and it may be cancelled.
CREATE FUNCTION donations_receipt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.pdf <> OLD.pdf AND NEW.pdf <> ''::bytea)
        OR (OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at)
        OR (NEW.prefix, NEW.year, NEW.number, NEW.kind, NEW.is_official, NEW.amount, NEW.currency,
            NEW.issued_at, NEW.sha256, NEW.replaces_id)
        IS DISTINCT FROM (OLD.prefix, OLD.year, OLD.number, OLD.kind, OLD.is_official, OLD.amount,
            OLD.currency, OLD.issued_at, OLD.sha256, OLD.replaces_id)
    THEN
        RAISE EXCEPTION 'a receipt is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER donations_receipt_stays BEFORE UPDATE OR DELETE ON donations_receipt
    FOR EACH ROW EXECUTE FUNCTION donations_receipt_stays();
""" + "\n".join(
    f"CREATE TRIGGER donations_{name}_stays BEFORE UPDATE OR DELETE ON donations_{name}\n"
    "    FOR EACH ROW EXECUTE FUNCTION donations_stays();"
    for name in STAYS
)

BACKWARD = (
    "\n".join(f"DROP TRIGGER donations_{name}_stays ON donations_{name};" for name in STAYS)
    + """
DROP TRIGGER donations_receipt_stays ON donations_receipt;
DROP TRIGGER donations_not_too_much ON donations_reversal;
DROP TRIGGER donations_posting_balanced ON donations_posting;
DROP TRIGGER donations_entry_balanced ON donations_entry;
DROP FUNCTION donations_stays, donations_balanced, donations_not_too_much, donations_receipt_stays;
"""
)


class Migration(migrations.Migration):
    """The ledger only grows: the database refuses to change it, to unbalance it, to overdraw."""

    dependencies = [("donations", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
