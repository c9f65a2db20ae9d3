from django.db import migrations

FORWARD = """
CREATE FUNCTION staff_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log only grows' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER staff_auditentry_stays BEFORE UPDATE OR DELETE ON staff_auditentry
    FOR EACH ROW EXECUTE FUNCTION staff_audit_stays();
CREATE TRIGGER staff_auditseal_stays BEFORE UPDATE OR DELETE ON staff_auditseal
    FOR EACH ROW EXECUTE FUNCTION staff_audit_stays();

-- Whatever Wagtail's own log says is an entry of the same transaction. Its label is left out: it
-- may be a name.
CREATE FUNCTION staff_audit_copies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO staff_auditentry (at, who, name, verb, what, number, note)
    SELECT NEW.timestamp, NEW.user_id,
        coalesce((SELECT username FROM auth_user WHERE id = NEW.user_id), ''),
        left(NEW.action, 60),
        coalesce((SELECT app_label || '.' || model FROM django_content_type
                  WHERE id = NEW.content_type_id), ''),
        left(coalesce(to_jsonb(NEW) ->> 'page_id', to_jsonb(NEW) ->> 'object_id', ''), 100), '';
    RETURN NULL;
END $$;
CREATE TRIGGER staff_audit_copies AFTER INSERT ON wagtailcore_pagelogentry
    FOR EACH ROW EXECUTE FUNCTION staff_audit_copies();
CREATE TRIGGER staff_audit_copies AFTER INSERT ON wagtailcore_modellogentry
    FOR EACH ROW EXECUTE FUNCTION staff_audit_copies();
"""

BACKWARD = """
DROP TRIGGER staff_audit_copies ON wagtailcore_pagelogentry;
DROP TRIGGER staff_audit_copies ON wagtailcore_modellogentry;
DROP TRIGGER staff_auditentry_stays ON staff_auditentry;
DROP TRIGGER staff_auditseal_stays ON staff_auditseal;
DROP FUNCTION staff_audit_copies, staff_audit_stays;
"""


class Migration(migrations.Migration):
    """The audit log only grows, and takes in what Wagtail's log says."""

    dependencies = [("staff", "0001_staff"), ("wagtailcore", "0098_apitoken")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
