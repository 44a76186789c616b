import type { WarehouseParameter, WarehouseReport } from '../../business-logic/shared/warehouse-statements.ts';
import type { ParameterType, Query, QueryParameter } from '../queries/read-query.ts';
import { replaceParameterMarks } from '../queries/read-query.ts';
import type { RedshiftTable } from '../queries/redshift.ts';
import { parseStatement } from '../queries/sql-tree.ts';
import { transpileToRedshift } from '../queries/transpile.ts';
import { readEventCatalogue } from '../schemas/read-event-catalogue.ts';
import { readableTables } from './readable-tables.ts';

/** What a parameter is cast to. Text compares as it is; a decimal has as many places as any that a report may ask for. */
const parameterCasts: Readonly<Record<ParameterType, string>> = {
  boolean: 'boolean',
  date: 'date',
  decimal: 'decimal(38, 18)',
  integer: 'bigint',
  timestamp: 'timestamp',
  varchar: 'varchar',
};

/** A column that no table can have stands for a parameter until the text is written. */
const mark = (name: string): string => `"parameter:${name}"`;

/**
 * A report in Redshift's SQL, with its parameters as the Data API names them.
 * @param tables what the warehouse has; read from the project's own event types where it is left out
 * @throws Error naming the report that has no equal form in Redshift
 */
export function reportInRedshift(
  { name, sql, parameters }: Query,
  tables: ReadonlyMap<string, RedshiftTable> = readableTables(readEventCatalogue()),
): WarehouseReport {
  try {
    const marked = replaceParameterMarks(sql, (index) => {
      const parameter = parameters[index];
      if (!parameter) throw new Error(`"?" ${index + 1} has no parameter`);
      return `CAST(${mark(parameter.name)} AS ${parameterCasts[parameter.type]})`;
    });
    const written = transpileToRedshift(parseStatement(marked), { tables, castsResult: true });
    return {
      sql: written.sql.replaceAll(/"parameter:([a-z][a-z0-9_]*)"/g, ':$1'),
      parameters: [...new Map(parameters.map((parameter) => [parameter.name, parameter])).values()].map(inWarehouse),
      columns: written.columns.map(({ name: column, type }) => {
        if (type === undefined) throw new Error(`it is not known which type ${column} has`);
        return { name: column, type };
      }),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name}.sql has no equal form in Redshift's SQL: ${reason}`, { cause: error });
  }
}

function inWarehouse({ name, type, default: fallback }: QueryParameter): WarehouseParameter {
  if (fallback === undefined) return { name, type };
  const { sql } = transpileToRedshift(parseStatement(`SELECT ${fallback} AS value`));
  const [, expression = ''] = /^SELECT (.*) AS value$/.exec(sql) ?? [];
  return { name, type, default: expression };
}
