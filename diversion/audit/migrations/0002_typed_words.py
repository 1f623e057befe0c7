from django.db import migrations

#: "import John Smith.csv for avonford", and "import_users John Smith.csv".
UNIT = (
    "CASE WHEN unit_name ~ '^import( suspects| population| follow-up)? for ' THEN unit_name ELSE"
    r" regexp_replace(regexp_replace(unit_name, '^(import( suspects| population| follow-up)?) .* for ', '\1 for '),"
    r" '^(import_(users|crimes|offences)) .*$', '\1') END"
)
FILES = "CASE jsonb_typeof(detail -> 'files') WHEN 'array' THEN jsonb_array_length(detail -> 'files') END"
#: One that nobody chose has eight digits of its own; it stands with the sample.
SEED = "jsonb_build_object('seed_chosen', detail ->> 'seed' !~ '^[0-9a-f]{8}$')"
#: Entries of before hold what somebody had called a schedule, a file or a seed: that may be somebody's name, and the log
#: outlives the record. Who did what, when and to which record stays to the letter.
WITHOUT_WORDS = f"""
    WITH changed AS (
        UPDATE audit_event SET unit_name = {UNIT}, detail = CASE kind
            WHEN 'report_schedule.added' THEN detail - 'name'
            WHEN 'report_schedule.changed' THEN detail || jsonb_build_object(
                'before', (detail -> 'before') - 'name', 'after', (detail -> 'after') - 'name'
            )
            WHEN 'facts.import_undone' THEN detail - 'file'
            WHEN 'dip_sample.drawn' THEN detail - 'seed' || {SEED}
            WHEN 'extracts.forgotten' THEN (detail - 'files') || jsonb_build_object('count', {FILES})
            ELSE detail
        END
        WHERE (kind = 'report_schedule.added' AND detail ? 'name')
           OR (kind = 'report_schedule.changed' AND (detail -> 'before' ? 'name' OR detail -> 'after' ? 'name'))
           OR (kind = 'facts.import_undone' AND detail ? 'file')
           OR (kind = 'dip_sample.drawn' AND detail ? 'seed')
           OR (kind = 'extracts.forgotten' AND detail ? 'files')
           OR unit_name <> {UNIT}
        RETURNING id
    )
    INSERT INTO audit_event (at, kind, nature, actor_name, unit_id, unit_name, subjects, recipients, detail)
    SELECT clock_timestamp(), 'access_log.words_removed', 'erasure', 'The service', gen_random_uuid(),
        'migrate audit 0002', '{{}}', '{{}}', jsonb_build_object('count', count(*))
    FROM changed HAVING count(*) > 0
"""  # noqa: S608 (of our own constants)


class Migration(migrations.Migration):
    """Run as the owner of the tables: web and worker add to the log and never change it. It says what it did there."""

    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL([WITHOUT_WORDS], migrations.RunSQL.noop)]
