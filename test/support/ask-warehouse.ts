import { createAthena } from '../../cli/athena.ts';
import { createRedshift } from '../../cli/redshift.ts';
import { loadWarehouse } from '../../cli/warehouse/load-warehouse.ts';
import type { WarehouseTarget } from '../../cli/warehouse/warehouse-target.ts';
import type { AthenaRow } from '../../generator/compare-truth.ts';
import { parseQuery } from '../../lib/queries/read-query.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { askReport } from './ask-report.ts';
import type { AskedEngine } from './prove-truth.ts';

/** The warehouse of a local pipeline in DATA_STACK REDSHIFT. */
export function warehouseTarget({ region, accessKeyId, secretAccessKey, ...endpoints }: Endpoints): WarehouseTarget {
  if (endpoints.redshiftWorkgroup === null) throw new Error('this pipeline has no warehouse');
  return {
    signer: { region, credentials: { accessKeyId, secretAccessKey } },
    endpoint: endpoints.awsUrl,
    accountId: endpoints.accountId,
    workgroup: endpoints.redshiftWorkgroup,
  };
}

/** Reports as the warehouse answers them. */
export interface WarehouseReports {
  ask(report: string, sql: string, values: Readonly<Record<string, string>>): Promise<readonly AthenaRow[]>;
  close(): void;
}

/** Asks saved reports by the Data API; rows have columns in their order, values as Athena spells them. */
export function warehouseReports(endpoints: Endpoints): WarehouseReports {
  const { signer, endpoint, workgroup } = warehouseTarget(endpoints);
  const { database, workGroup } = endpoints;
  const athena = createAthena({ signer, endpoint, database, workGroup });
  const redshift = createRedshift({ signer, endpoint, workgroup, database }, athena);
  return {
    async ask(name, text, values) {
      const { columns, rows } = await redshift.runSaved({ name, text, description: '', database }, values);
      return rows.map((row): AthenaRow => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])));
    },
    close: () => redshift.close(),
  };
}

/** Loads what waits, while more may arrive. */
export async function loadWaiting(endpoints: Endpoints): Promise<void> {
  await loadWarehouse(warehouseTarget(endpoints));
}

/** Loads what waits, then answers reports from the warehouse. Every answer has to be Athena's, row by row. */
export async function askWarehouse(endpoints: Endpoints): Promise<AskedEngine> {
  const { left, deadLetters } = await loadWarehouse(warehouseTarget(endpoints));
  if (left + deadLetters > 0) throw new Error(`${left} files were not loaded, ${deadLetters} could not be`);
  const reports = warehouseReports(endpoints);
  return {
    name: 'the warehouse',
    async ask(name, sql, values) {
      const own = new Set(parseQuery(name, sql).parameters.map((parameter) => parameter.name));
      const given = Object.fromEntries(Object.entries(values).filter(([parameter]) => own.has(parameter)));
      const answered = await reports.ask(name, sql, given);
      const differences = compareAnswers(await askReport(endpoints, name, sql, given), answered);
      if (differences.length > 0) throw new Error(`${name} is not as on Athena: ${differences.join('; ')}`);
      return answered;
    },
    stop: async () => reports.close(),
  };
}

/** Differences between two answers to a report, order of rows included, at most five. */
export function compareAnswers(athena: readonly AthenaRow[], warehouse: readonly AthenaRow[]): string[] {
  if (athena.length !== warehouse.length)
    return [`${athena.length} rows on Athena, ${warehouse.length} in the warehouse`];
  return athena
    .flatMap((row, at) => {
      const other = warehouse[at] ?? {};
      const names = [Object.keys(row).join(', '), Object.keys(other).join(', ')];
      if (names[0] !== names[1]) return [`columns ${names[0]} on Athena, ${names[1]} in the warehouse`];
      return Object.entries(row).flatMap(([column, value]) =>
        isSame(value ?? null, other[column] ?? null)
          ? []
          : [`row ${at + 1}, ${column}: ${value} on Athena, ${other[column]} in the warehouse`],
      );
    })
    .slice(0, 5);
}

function isSame(here: string | null, there: string | null): boolean {
  if (here === there) return true;
  if (here === null || there === null || !/^-?\d+\.\d+(E-?\d+)?$/.test(here)) return false;
  // Sums of doubles depend on the order in which rows are read.
  return Math.abs(Number(here) - Number(there)) <= 1e-9 * Math.max(1, Math.abs(Number(here)));
}
