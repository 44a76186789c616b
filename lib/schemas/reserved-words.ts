const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * Words that cannot be a column's name without quotes: reserved in Athena's queries or its DDL (Athena user guide,
 * "Escape reserved keywords in queries"), or in DuckDB, which answers for Athena on a laptop (`duckdb_keywords()`).
 */
export const reservedWords: ReadonlySet<string> = new Set([
  ...words(`
    alter and as between by case cast constraint create cross cube current_catalog current_date current_path
    current_schema current_time current_timestamp current_user deallocate delete describe distinct drop else end escape
    except execute exists extract false first for from full group grouping having in inner insert intersect into is join
    json_array json_exists json_object json_query json_table json_value last left like listagg localtime localtimestamp
    natural normalize not null on or order outer prepare recursive right rollup select skip table then trim true uescape
    union unnest using values when where with`),
  ...words(`
    all array authorization bigint binary boolean both cashe char column commit conf current cursor database date
    dayofweek decimal div double exchange extended external fetch float floor following foreign function grant if import
    int integer interval lateral less local macro map more none numeric of only out over partialscan partition percent
    preceding precision preserve primary procedure range reads reduce references regexp revoke rlike rollback row rows set
    smallint start tablesample time timestamp to transform trigger truncate unbounded uniquejoin update user
    utc_timestamp varchar views window`),
  ...words(`
    analyse analyze anti any asc asof asymmetric at check collate collation columns concurrently default deferrable desc
    do freeze generated glob ilike initially isnull lambda leading limit notnull offset overlaps pivot pivot_longer
    pivot_wider placing positional qualify returning semi show similar some struct summarize symmetric trailing try_cast
    unique unpack unpivot variadic verbose`),
]);
