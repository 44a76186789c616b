-- What the stand-in keeps for itself, and Redshift's system views over it. Run once per database, and again at will.

CREATE TABLE IF NOT EXISTS load_errors (
  user_name varchar,
  query_id bigint,
  start_time timestamp DEFAULT now(),
  file_name varchar,
  column_name varchar,
  column_type varchar,
  column_length varchar,
  error_code integer,
  error_message varchar
);

-- Columns as Redshift has them; only an admin sees what others' loads ran into.
CREATE OR REPLACE VIEW sys_load_error_detail AS
SELECT
  CAST(NULL AS integer) AS user_id,
  query_id,
  CAST(NULL AS bigint) AS transaction_id,
  CAST(NULL AS integer) AS session_id,
  CAST(current_database() AS varchar) AS database_name,
  CAST(NULL AS integer) AS table_id,
  start_time,
  file_name,
  CAST(0 AS bigint) AS line_number,
  column_name,
  column_type,
  column_length,
  0 AS position,
  error_code,
  error_message
FROM load_errors
WHERE user_name = current_user OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);

GRANT SELECT ON sys_load_error_detail TO PUBLIC;

CREATE TABLE IF NOT EXISTS external_schemas (
  schema_name varchar PRIMARY KEY,
  -- 'data catalog' or 'kinesis'
  kind varchar NOT NULL,
  database_name varchar NOT NULL,
  role_arn varchar NOT NULL
);

-- What of the lake's files stands in the mirror's tables. Not logged, like they: a crash empties both.
CREATE UNLOGGED TABLE IF NOT EXISTS mirrored (
  schema_name varchar,
  table_name varchar,
  partition varchar,
  files varchar,
  PRIMARY KEY (schema_name, table_name, partition)
);
