import django.db.models.deletion
from django.db import migrations, models

STAYS = """
CREATE FUNCTION supporters_consent_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'supporters_consent'
        AND current_setting('plaidoyer.consents_end', true) = 'on'
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the ledger of consents only grows' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER supporters_consent_stays BEFORE UPDATE OR DELETE ON supporters_consent
    FOR EACH ROW EXECUTE FUNCTION supporters_consent_stays();
CREATE TRIGGER supporters_consentseal_stays BEFORE UPDATE OR DELETE ON supporters_consentseal
    FOR EACH ROW EXECUTE FUNCTION supporters_consent_stays();
"""
GOES = """
DROP TRIGGER supporters_consent_stays ON supporters_consent;
DROP TRIGGER supporters_consentseal_stays ON supporters_consentseal;
DROP FUNCTION supporters_consent_stays;
"""


class Migration(migrations.Migration):
    """The ledger of consents only grows; its rows are chained by the worker (supporters.chains)."""

    dependencies = [("supporters", "0004_asked_to_stay")]

    operations = [
        migrations.CreateModel(
            name="ConsentSeal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("content", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                (
                    "consent",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="supporters.consent",
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(STAYS, GOES),
    ]
