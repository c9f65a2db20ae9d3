"""The database holds which state may follow which, dates the exceptions, and counts batches."""

from django.db import migrations

# As models.Envelope.NEXT; a test compares the two.
NEXT = """
    ('queued', 'leased'), ('queued', 'cancelled'), ('queued', 'suppressed'),
    ('leased', 'queued'), ('leased', 'deferred'), ('leased', 'accepted'), ('leased', 'refused'),
    ('leased', 'in_doubt'), ('leased', 'suppressed'), ('leased', 'cancelled'),
    ('deferred', 'leased'), ('deferred', 'cancelled'), ('deferred', 'suppressed'),
    ('deferred', 'refused'),
    ('accepted', 'bounced'), ('accepted', 'complained'),
    ('in_doubt', 'queued'), ('in_doubt', 'accepted'), ('in_doubt', 'bounced'),
    ('in_doubt', 'complained')
"""
# Dated by the envelope's own columns leased_at and ended_at.
COMMON = """
    ('queued', 'leased'), ('queued', 'cancelled'), ('queued', 'suppressed'),
    ('leased', 'queued'), ('leased', 'accepted'), ('leased', 'refused'), ('leased', 'in_doubt'),
    ('leased', 'suppressed'), ('leased', 'cancelled'), ('deferred', 'leased')
"""
COUNTED = [
    "deferred",
    "accepted",
    "refused",
    "in_doubt",
    "suppressed",
    "cancelled",
    "bounced",
    "complained",
]
ADDED = ", ".join(f"{s} = b.{s} + m.{s}" for s in COUNTED)
CAME = ", ".join(f"count(*) FILTER (WHERE state = '{s}') AS {s}" for s in COUNTED)
MOVED = ", ".join(
    f"count(*) FILTER (WHERE y.state = '{s}') - count(*) FILTER (WHERE x.state = '{s}') AS {s}"
    for s in COUNTED
)

FORWARD = f"""
CREATE FUNCTION mail_envelope_turned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT x.state AS before, y.state AS after INTO wrong
        FROM before x JOIN after y USING (id)
        WHERE x.state <> y.state AND (x.state, y.state) NOT IN ({NEXT}) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'an envelope cannot go from % to %', wrong.before, wrong.after
            USING ERRCODE = 'check_violation', CONSTRAINT = 'envelope_next';
    END IF;
    INSERT INTO mail_turn (envelope_id, before, since, after, at, words)
        SELECT id, x.state, coalesce(x.ended_at, x.leased_at, x.queued_at), y.state, clock_timestamp(), y.reply
        FROM before x JOIN after y USING (id)
        WHERE x.state <> y.state AND (x.state, y.state) NOT IN ({COMMON});
    -- A lease changes no counter and so waits for nobody who counts.
    IF EXISTS (
        SELECT FROM before x JOIN after y USING (id)
        WHERE y.batch_id IS NOT NULL AND x.state <> y.state
            AND (x.state NOT IN ('queued', 'leased') OR y.state NOT IN ('queued', 'leased'))
    ) THEN
        -- Always in the same order, so that two senders never wait for each other.
        PERFORM FROM mail_batch WHERE id IN (SELECT batch_id FROM after)
            ORDER BY id FOR NO KEY UPDATE;
        UPDATE mail_batch b SET {ADDED},
            measured = CASE WHEN b.measured_from > now() - interval '5 seconds'
                THEN b.measured ELSE 0 END + m.ended,
            measured_from = CASE WHEN b.measured_from > now() - interval '5 seconds'
                THEN b.measured_from ELSE now() END,
            per_second = CASE
                WHEN b.measured_from > now() - interval '5 seconds' THEN b.per_second
                WHEN b.measured_from > now() - interval '60 seconds'
                THEN b.measured / extract(epoch FROM now() - b.measured_from)
                ELSE 0 END
        FROM (
            SELECT y.batch_id, {MOVED},
                count(*) FILTER (WHERE x.state = 'leased' AND y.state NOT IN ('queued', 'deferred'))
                    AS ended
            FROM before x JOIN after y USING (id)
            WHERE x.state <> y.state AND y.batch_id IS NOT NULL GROUP BY y.batch_id
        ) m WHERE m.batch_id = b.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER mail_envelope_turned AFTER UPDATE ON mail_envelope
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION mail_envelope_turned();

CREATE FUNCTION mail_envelope_queued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mail_batch b SET total = b.total + m.total, {ADDED}
    FROM (
        SELECT batch_id, count(*) AS total, {CAME}
        FROM after WHERE batch_id IS NOT NULL GROUP BY batch_id
    ) m WHERE m.batch_id = b.id;
    RETURN NULL;
END $$;
CREATE TRIGGER mail_envelope_queued AFTER INSERT ON mail_envelope
    REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION mail_envelope_queued();
"""
BACKWARD = """
DROP TRIGGER mail_envelope_turned ON mail_envelope;
DROP FUNCTION mail_envelope_turned();
DROP TRIGGER mail_envelope_queued ON mail_envelope;
DROP FUNCTION mail_envelope_queued();
"""


class Migration(migrations.Migration):
    replaces = [("mail", "0004_engine_states")]
    dependencies = [("mail", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
