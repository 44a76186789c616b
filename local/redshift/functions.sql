-- What Redshift has and PostgreSQL lacks, as far as this project's statements and plain queries need it. Run once per
-- database, and again at will. Nothing here changes what PostgreSQL has: it only adds. What catches an error cannot run
-- in parallel.

-- Semi-structured values. A document is kept as PostgreSQL's own jsonb; navigation (payload.a.b) has no stand-in.
DO $$ BEGIN CREATE DOMAIN super AS jsonb; EXCEPTION WHEN duplicate_object THEN NULL; END $$;

-- Catching an error costs a transaction of its own, so that it is left to what may be one: PostgreSQL 16 can tell
-- documents apart before it reads them. An escaped character may be none that a text can hold.
DO $$ BEGIN
  IF CAST(current_setting('server_version_num') AS integer) >= 160000 THEN
    CREATE OR REPLACE FUNCTION is_surely_json(document text) RETURNS boolean
      LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT document IS JSON AND strpos(document, ''\u'') = 0';
  ELSE
    CREATE OR REPLACE FUNCTION is_surely_json(document text) RETURNS boolean
      LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT false';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION can_json_parse_carefully(document text) RETURNS boolean
  LANGUAGE plpgsql IMMUTABLE STRICT AS $$
  BEGIN
    PERFORM CAST(document AS json);
    RETURN true;
  EXCEPTION WHEN data_exception THEN
    RETURN false;
  END $$;

CREATE OR REPLACE FUNCTION can_json_parse(document text) RETURNS boolean
  LANGUAGE sql IMMUTABLE
  AS 'SELECT CASE WHEN is_surely_json(document) THEN true ELSE can_json_parse_carefully(document) END';

CREATE OR REPLACE FUNCTION json_parse(document text) RETURNS super
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT CAST(document AS super)';

CREATE OR REPLACE FUNCTION get_array_length(document super) RETURNS bigint
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT CASE WHEN jsonb_typeof(document) = ''array'' THEN CAST(jsonb_array_length(document) AS bigint) END';

CREATE OR REPLACE FUNCTION json_extract_carefully(document text, keys text[], null_if_invalid boolean) RETURNS text
  LANGUAGE plpgsql IMMUTABLE STRICT AS $$
  BEGIN
    RETURN CAST(document AS json) #>> keys;
  EXCEPTION WHEN data_exception THEN
    IF null_if_invalid THEN RETURN NULL; END IF;
    RAISE;
  END $$;

-- A number or string as it is, an object or array as its JSON, a missing element as null.
CREATE OR REPLACE FUNCTION json_extract_path_text(document text, key text, null_if_invalid boolean) RETURNS text
  LANGUAGE sql IMMUTABLE
  AS 'SELECT CASE WHEN is_surely_json(document) THEN CAST(document AS json) #>> ARRAY[key]
      ELSE json_extract_carefully(document, ARRAY[key], null_if_invalid) END';

CREATE OR REPLACE FUNCTION json_extract_path_text(document text, key text, inner_key text, null_if_invalid boolean)
  RETURNS text LANGUAGE sql IMMUTABLE
  AS 'SELECT CASE WHEN is_surely_json(document) THEN CAST(document AS json) #>> ARRAY[key, inner_key]
      ELSE json_extract_carefully(document, ARRAY[key, inner_key], null_if_invalid) END';

CREATE OR REPLACE FUNCTION json_extract_path_text(document text, VARIADIC keys text[]) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT CAST(document AS json) #>> keys';

-- The time, in UTC and whole seconds.
CREATE OR REPLACE FUNCTION getdate() RETURNS timestamp
  LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT date_trunc(''second'', now() AT TIME ZONE ''UTC'')';

CREATE OR REPLACE FUNCTION dateadd(unit text, amount bigint, moment timestamp) RETURNS timestamp
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT moment + amount * CASE lower(unit)
        WHEN ''quarter'' THEN INTERVAL ''3 months''
        ELSE CAST(''1 '' || unit AS interval) END';

-- Borders of the unit that lie between two moments: from 23:59 to 00:01 it is one day.
CREATE OR REPLACE FUNCTION datediff(unit text, earlier timestamp, later timestamp) RETURNS bigint
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT CASE lower(unit)
        WHEN ''year'' THEN CAST(extract(year FROM later) - extract(year FROM earlier) AS bigint)
        WHEN ''quarter'' THEN CAST(4 * (extract(year FROM later) - extract(year FROM earlier))
          + extract(quarter FROM later) - extract(quarter FROM earlier) AS bigint)
        WHEN ''month'' THEN CAST(12 * (extract(year FROM later) - extract(year FROM earlier))
          + extract(month FROM later) - extract(month FROM earlier) AS bigint)
        WHEN ''week'' THEN CAST(floor((CAST(later AS date) - DATE ''2000-01-02'') / 7.0)
          - floor((CAST(earlier AS date) - DATE ''2000-01-02'') / 7.0) AS bigint)
        ELSE CAST(
          floor(extract(epoch FROM later) * 1000000 / units.microseconds)
          - floor(extract(epoch FROM earlier) * 1000000 / units.microseconds) AS bigint) END
      FROM (SELECT CASE lower(unit)
        WHEN ''day'' THEN 86400000000
        WHEN ''hour'' THEN 3600000000
        WHEN ''minute'' THEN 60000000
        WHEN ''second'' THEN 1000000
        WHEN ''millisecond'' THEN 1000
        WHEN ''microsecond'' THEN 1 END AS microseconds) AS units';

CREATE OR REPLACE FUNCTION last_day(moment timestamp) RETURNS date
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT CAST(date_trunc(''month'', moment) + INTERVAL ''1 month'' - INTERVAL ''1 day'' AS date)';

-- The last day of a month stays one.
CREATE OR REPLACE FUNCTION add_months(moment timestamp, amount bigint) RETURNS timestamp
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT CASE
        WHEN CAST(moment AS date) = last_day(moment)
          THEN last_day(moment + amount * INTERVAL ''1 month'') + CAST(moment AS time)
        ELSE moment + amount * INTERVAL ''1 month'' END';

CREATE OR REPLACE FUNCTION nvl(value anycompatible, otherwise anycompatible) RETURNS anycompatible
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT coalesce(value, otherwise)';

CREATE OR REPLACE FUNCTION nvl2(value anyelement, present anycompatible, absent anycompatible) RETURNS anycompatible
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT CASE WHEN value IS NULL THEN absent ELSE present END';

CREATE OR REPLACE FUNCTION sha2(value text, bits integer) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT encode(sha256(convert_to(value, ''UTF8'')), ''hex'')';

CREATE OR REPLACE FUNCTION len(value text) RETURNS integer
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT length(value)';

-- Without WITHIN GROUP, which PostgreSQL's syntax keeps for other aggregates.
CREATE OR REPLACE AGGREGATE listagg(text, text) (SFUNC = string_agg_transfn, STYPE = internal, FINALFUNC = string_agg_finalfn);
