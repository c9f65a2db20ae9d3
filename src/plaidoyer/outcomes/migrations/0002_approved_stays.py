from django.db import migrations

PACKAGES_STAY = """
CREATE FUNCTION outcomes_package_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Our copy may be thrown away; its hash and its manifest stay.
    IF TG_OP = 'UPDATE' AND length(NEW.content) = 0 THEN
        OLD.content := NEW.content;
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a package is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER outcomes_package_stays BEFORE UPDATE OR DELETE ON outcomes_package
    FOR EACH ROW EXECUTE FUNCTION outcomes_package_stays();
"""
PACKAGES_GO = """
DROP TRIGGER outcomes_package_stays ON outcomes_package;
DROP FUNCTION outcomes_package_stays();
"""

APPROVED_STAYS = """
CREATE FUNCTION outcomes_approved_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subject bigint;
BEGIN
    IF TG_TABLE_NAME = 'outcomes_milestone' THEN
        subject := OLD.id;
    ELSIF TG_OP = 'INSERT' THEN
        subject := NEW.milestone_id;
    ELSE
        subject := OLD.milestone_id;
    END IF;
    IF EXISTS (SELECT FROM outcomes_approval a WHERE a.milestone_id = subject) THEN
        RAISE EXCEPTION 'an approved milestone is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER outcomes_milestone_stays BEFORE UPDATE OR DELETE ON outcomes_milestone
    FOR EACH ROW EXECUTE FUNCTION outcomes_approved_stays();
CREATE TRIGGER outcomes_movement_stays BEFORE INSERT OR UPDATE OR DELETE ON outcomes_movement
    FOR EACH ROW EXECUTE FUNCTION outcomes_approved_stays();
-- More evidence may come at any time; what was given stays.
CREATE TRIGGER outcomes_evidence_stays BEFORE UPDATE OR DELETE ON outcomes_evidence
    FOR EACH ROW EXECUTE FUNCTION outcomes_approved_stays();

CREATE FUNCTION outcomes_approval_by_second() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'an approval is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM outcomes_milestone m WHERE m.id = NEW.milestone_id
               AND NEW.approved_by_id = coalesce(m.edited_by_id, m.recorded_by_id)) THEN
        RAISE EXCEPTION 'nobody approves what they wrote' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outcomes_approval_by_second BEFORE INSERT OR UPDATE OR DELETE ON outcomes_approval
    FOR EACH ROW EXECUTE FUNCTION outcomes_approval_by_second();
"""
APPROVED_GOES = """
DROP TRIGGER outcomes_milestone_stays ON outcomes_milestone;
DROP TRIGGER outcomes_movement_stays ON outcomes_movement;
DROP TRIGGER outcomes_evidence_stays ON outcomes_evidence;
DROP FUNCTION outcomes_approved_stays();
DROP TRIGGER outcomes_approval_by_second ON outcomes_approval;
DROP FUNCTION outcomes_approval_by_second();
"""


class Migration(migrations.Migration):
    """What a second person approved and what was handed over: the database refuses to change it."""

    replaces = [("outcomes", "0003_standing_board")]
    dependencies = [("outcomes", "0001_initial")]
    operations = [
        migrations.RunSQL(PACKAGES_STAY, PACKAGES_GO),
        migrations.RunSQL(APPROVED_STAYS, APPROVED_GOES),
    ]
