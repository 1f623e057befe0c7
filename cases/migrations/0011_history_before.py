"""History of assessments holds what each was until it changed, and no copy of one that never did.

What an assessment was at each time can be read as before, and who made and changed it when: the events are rewritten.
There is no way back but a backup.
"""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

#: The assessments whose last event is what now stands: on the row, or with its deletion. Of any other nothing is moved.
SOUND = """
    CREATE TEMPORARY TABLE sound ON COMMIT DROP AS
    SELECT one.pgh_obj_id AS id FROM (
        SELECT DISTINCT ON (pgh_obj_id) * FROM cases_assessmentevent
        WHERE pgh_label IN ('insert', 'update') ORDER BY pgh_obj_id, pgh_id DESC
    ) AS one
    WHERE (one.answers, one.findings, one.options, one.rules, one.case_id, one.assessed_at, one.assessed_by_id) IN (
        SELECT answers, findings, options, rules, case_id, assessed_at, assessed_by_id
        FROM cases_assessment WHERE id = one.pgh_obj_id
        UNION ALL
        SELECT answers, findings, options, rules, case_id, assessed_at, assessed_by_id
        FROM cases_assessmentevent WHERE pgh_obj_id = one.pgh_obj_id AND pgh_label = 'delete'
    )"""
MADE = """
    INSERT INTO cases_assessmentmadeevent
        (pgh_created_at, pgh_label, pgh_context, pgh_context_id, pgh_obj_id, case_id)
    SELECT pgh_created_at, pgh_label, pgh_context, pgh_context_id, pgh_obj_id, case_id FROM cases_assessmentevent
    WHERE pgh_label = 'insert' AND pgh_obj_id IN (SELECT id FROM sound) ORDER BY pgh_id"""
#: Each change keeps when, by whom and in which request, and what it was before instead of what it became.
BEFORE = """
    UPDATE cases_assessmentevent AS one SET pgh_label = 'before',
        answers = was.answers, findings = was.findings, options = was.options, rules = was.rules,
        case_id = was.case_id, assessed_at = was.assessed_at, assessed_by_id = was.assessed_by_id
    FROM (
        SELECT pgh_id, lag(pgh_id) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS earlier FROM cases_assessmentevent
        WHERE pgh_obj_id IN (SELECT pgh_obj_id FROM cases_assessmentevent WHERE pgh_label = 'update')
    ) AS steps JOIN cases_assessmentevent AS was ON was.pgh_id = steps.earlier
    WHERE steps.pgh_id = one.pgh_id AND one.pgh_label = 'update' AND one.pgh_obj_id IN (SELECT id FROM sound)"""
#: What it was at first is on the row now, or with its first change or its deletion.
FIRST = """
    DELETE FROM cases_assessmentevent WHERE pgh_label = 'insert' AND pgh_obj_id IN (SELECT id FROM sound)"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_shared_texts"),
    ]

    operations = [
        migrations.CreateModel(
            name="AssessmentMadeEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="assessment",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="assessment",
            name="update_update",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_assessmentmadeevent" ("case_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."case_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="73f9f53a44740612aa6323d719240f86d7352241",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_718b4",
                    table="cases_assessment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="before_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_assessmentevent" ("answers", "assessed_at", "assessed_by_id", "case_id", "findings", "id", "options", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rules") VALUES (OLD."answers", OLD."assessed_at", OLD."assessed_by_id", OLD."case_id", OLD."findings", OLD."id", OLD."options", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."rules"); RETURN NULL;',
                    hash="168330af16030c18ec1e1ae7f137368359b42763",
                    operation="UPDATE",
                    pgid="pgtrigger_before_update_ddea1",
                    table="cases_assessment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="assessmentmadeevent",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="assessmentmadeevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="made_events",
                to="cases.assessment",
            ),
        ),
        migrations.RunSQL([SOUND, MADE, BEFORE, FIRST]),
    ]
