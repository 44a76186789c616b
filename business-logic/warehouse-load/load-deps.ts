import type { Logger } from '../shared/logger.ts';
import type { WarehouseSql } from '../shared/warehouse-statements.ts';
import type { HasTurn } from '../shared/warehouse/other-executions.ts';
import type { WarehouseDatabase } from '../shared/warehouse/warehouse-database.ts';
import type { FileQueue } from './file-queue.ts';
import type { RunRecords } from './run-record.ts';

/** What the steps of a load work with. */
export interface LoadDeps {
  readonly sql: Pick<WarehouseSql, 'load' | 'purge' | 'trimLive'>;
  readonly database: WarehouseDatabase;
  readonly queue: FileQueue;
  readonly records: RunRecords;
  readonly othersTurn: HasTurn;
  /** Names of the columns that the catalog's raw table has. */
  readonly rawColumns: () => Promise<readonly string[]>;
  /** Raw objects that the events job has taken, as its manifest has it; undefined before its first run. */
  readonly takenObjects: () => Promise<TakenObjects | undefined>;
  readonly bucket: string;
  readonly rawPrefix: string;
  /** ARN of the role with which Redshift reads the lake. */
  readonly roleArn: string;
  /** Name of the stream that the live view reads; undefined where there is none. */
  readonly liveStream: string | undefined;
  readonly maxFiles: number;
  readonly hotDays: number;
  readonly rawRetentionDays: number;
  readonly now: () => Date;
  readonly newToken: () => string;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** What the events job has taken. */
export interface TakenObjects {
  /** Day (UTC): every raw object of earlier days has been taken. */
  readonly takenBefore: string;
  /** Keys of that day and later ones. */
  readonly objects: ReadonlySet<string>;
}

/** What a step is told of its execution. */
export type { Execution } from '../shared/warehouse/other-executions.ts';

/** What a step answers; the machine goes on by it. */
export interface StepAnswer {
  readonly status: string;
}
