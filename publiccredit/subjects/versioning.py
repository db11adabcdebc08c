"""
The database's own keeping of versions: whatever path changes a record, what it said before is kept.

The text belongs here and not to a migration, for every migration that gives records another column needs it anew with
the columns there are by then. A migration that ran is not run again: changing the text needs a migration of its own.
"""

from collections.abc import Sequence


def keeping_versions(columns: Sequence[str]) -> str:
    """Give the SQL of the function that copies these columns of a changed record into its versions."""
    names = ", ".join(f'"{column}"' for column in columns)
    former = ", ".join(f'former."{column}"' for column in columns)
    return f"""
CREATE OR REPLACE FUNCTION subjects_keep_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM former JOIN latter USING (id) WHERE latter.known_from <= former.known_from) THEN
        RAISE EXCEPTION 'a new version of a record must be known later than the one before it'
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO subjects_recordversion (record_id, known_until, {names})
        SELECT former.id, latter.known_from, {former} FROM former JOIN latter USING (id);
    RETURN NULL;
END $$;
"""
