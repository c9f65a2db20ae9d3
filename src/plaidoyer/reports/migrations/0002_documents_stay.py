from django.db import migrations

REFUSE = """
CREATE FUNCTION reports_document_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published document is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER reports_document_stays BEFORE UPDATE OR DELETE ON reports_document
    FOR EACH ROW EXECUTE FUNCTION reports_document_stays();
"""
ALLOW = """
DROP TRIGGER reports_document_stays ON reports_document;
DROP FUNCTION reports_document_stays();
"""

# What is published beside them stays, as documents do.
STAYS = "".join(
    f"""
CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION reports_document_stays();
"""
    for table in ("reports_correction", "reports_correctedpaper", "reports_picture")
)
GOES = "".join(
    f"DROP TRIGGER {table}_stays ON {table};"
    for table in ("reports_correction", "reports_correctedpaper", "reports_picture")
)


class Migration(migrations.Migration):
    """Law 10: editions are frozen. The database refuses to change a document or to delete it."""

    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW), migrations.RunSQL(STAYS, GOES)]
