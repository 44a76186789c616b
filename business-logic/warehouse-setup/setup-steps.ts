import {
  columnsToAdd,
  fillStatement,
  type StatementValues,
  type WarehouseSql,
  type WarehouseStep,
} from '../shared/warehouse-statements.ts';
import { StatementError } from '../shared/warehouse/statement-error.ts';
import type { WarehouseDatabase } from '../shared/warehouse/warehouse-database.ts';

export interface StepRunner {
  /** How many parts the setup has. */
  readonly count: number;
  /** Runs a part, by its number; running it again does no harm. Throws an Error naming what could not be made. */
  run(part: number): Promise<void>;
}

/** The parts of a setup in their order: tables, then columns that tables of before lack, then what reads them. */
export function stepRunner(
  { tables, setup, purge, live }: Pick<WarehouseSql, 'tables' | 'setup' | 'purge' | 'live'>,
  database: Pick<WarehouseDatabase, 'query' | 'run'>,
  values: StatementValues,
  firstBoundary: () => string,
): StepRunner {
  const runStep = async ({ name, unless, statements }: WarehouseStep, filled: StatementValues): Promise<void> => {
    try {
      if (unless !== undefined && (await database.query(fillStatement(unless, filled))).length > 0) return;
      await database.run(statements.map((text) => fillStatement(text, filled)));
    } catch (error) {
      if (error instanceof StatementError) throw new Error(`${name}: ${error.message}`, { cause: error });
      throw error;
    }
  };

  const addColumns = async (): Promise<void> => {
    const rows = await database.query(setup.existingColumns);
    const existing = rows.map(([table = '', column = '']) => ({ table, column }));
    for (const step of columnsToAdd(tables, existing)) await runStep(step, values);
  };

  const withBoundary = async (): Promise<StatementValues> => {
    const [[boundary] = []] = await database.query(purge.boundary);
    return { ...values, BOUNDARY: boundary ?? firstBoundary() };
  };

  const parts: readonly (() => Promise<void>)[] = [
    ...setup.tables.map((step) => () => runStep(step, values)),
    addColumns,
    ...[...setup.views, ...live].map((step) => async () => runStep(step, await withBoundary())),
  ];
  return { count: parts.length, run: (part) => parts[part]!() };
}
