"""What the search box stands on: names folded and cut into pairs by the database, so that no writer can forget it."""

import django.contrib.postgres.indexes
from django.db import migrations, models


SQL = """
-- One case, no blanks, brackets, dots and quotation marks: 濉溪县(安徽)A8 and 濉溪县（安徽） a8 are one name.
CREATE FUNCTION search_folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT translate(upper(words), chr(12288) || $q$ ()（）〔〕[]【】·•．.、,，-—_/“”"'$q$, '')
$$;

-- Every two neighbouring characters. pg_trgm knows no entry of two characters, and its index is three times as large.
CREATE FUNCTION search_bigrams(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    pairs text[] := '{}';
BEGIN
    FOR place IN 1..length(words) - 1 LOOP
        pairs := pairs || substr(words, place, 2);
    END LOOP;
    RETURN pairs;
END $$;

-- The pairs that stand in most names and the share of names they stand in, as the database last counted. As owner: the
-- application may not read the statistics of an index.
CREATE FUNCTION search_frequent_pairs() RETURNS TABLE (pair text, share real) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT element.pair, element.share FROM pg_stats, LATERAL ROWS FROM (
        unnest(most_common_elems::text::text[]), unnest(most_common_elem_freqs)
    ) AS element(pair, share)
    WHERE schemaname = 'public' AND tablename = 'subject_name_bigrams' AND element.pair IS NOT NULL
$$;

-- What new names wait in, until this or the vacuum brings it into the indexes: a search reads through all that waits.
-- As owner: nobody else may.
CREATE FUNCTION search_tidy() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM gin_clean_pending_list('subject_name_bigrams'), gin_clean_pending_list('subject_initials_trigrams');
END $$;
"""

UNDO = """
DROP FUNCTION search_frequent_pairs();
DROP FUNCTION search_bigrams(text);
DROP FUNCTION search_tidy();
DROP FUNCTION search_folded(text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('subjects', '0002_versions'),
    ]

    operations = [
        migrations.RunSQL(SQL, UNDO),
        migrations.RemoveIndex(
            model_name='subject',
            name='subject_name_trigrams',
        ),
        migrations.AddField(
            model_name='subject',
            name='inactive',
            field=models.GeneratedField(db_persist=True, expression=models.ExpressionWrapper(models.Q(("registration_status__in", ["revoked", "deregistered"])), output_field=models.BooleanField()), output_field=models.BooleanField(), verbose_name='已注销或吊销'),
        ),
        migrations.AddField(
            model_name='subject',
            name='search_name',
            field=models.GeneratedField(db_persist=True, expression=models.Func(models.F('name'), function='search_folded'), output_field=models.CharField(db_collation='C', max_length=200), verbose_name='检索名称'),
        ),
        migrations.AddField(
            model_name='subjectname',
            name='search_name',
            field=models.GeneratedField(db_persist=True, expression=models.Func(models.F('name'), function='search_folded'), output_field=models.CharField(db_collation='C', max_length=200), verbose_name='检索名称'),
        ),
        migrations.AlterField(
            model_name='subject',
            name='pinyin_initials',
            field=models.CharField(blank=True, db_collation='C', max_length=200, verbose_name='拼音首字母'),
        ),
        migrations.AddIndex(
            model_name='subject',
            index=models.Index(fields=['inactive', 'id'], name='subject_in_rank_order'),
        ),
        migrations.AddIndex(
            model_name='subject',
            index=models.Index(fields=['inactive', 'search_name', 'id'], name='subject_by_beginning'),
        ),
        migrations.AddIndex(
            model_name='subject',
            index=models.Index(fields=['inactive', 'pinyin_initials', 'id'], name='subject_by_initials'),
        ),
        migrations.AddIndex(
            model_name='subject',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('search_name'), function='search_bigrams'), fastupdate=True, gin_pending_list_limit=65536, name='subject_name_bigrams'),
        ),
        migrations.AddIndex(
            model_name='subject',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('pinyin_initials'), 'gin_trgm_ops'), fastupdate=True, gin_pending_list_limit=65536, name='subject_initials_trigrams'),
        ),
        migrations.AddIndex(
            model_name='subjectname',
            index=models.Index(condition=models.Q(('borne_until__isnull', False)), fields=['search_name'], name='subject_former_names'),
        ),
    ]
