import type { WarehouseColumn } from '../engine.ts';
import type { SqlParameter } from '../sql-text.ts';

export type StatementStatus = 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';

/** What a statement, or one of a batch, came to. */
export interface Outcome {
  readonly status: StatementStatus;
  /** Nanoseconds; -1 until it ran. */
  readonly duration: number;
  readonly error?: string;
  /** Rows given back or written; -1 until it ran. */
  readonly resultRows: number;
  /** Bytes of the rows that are given back; -1 where there are none. */
  readonly resultSize: number;
  readonly queryId: number;
  /** Of the rows that are given back; undefined for a statement that gives none. */
  readonly columns?: readonly WarehouseColumn[];
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

/** One call of ExecuteStatement or BatchExecuteStatement. */
export interface StoredStatement extends Outcome {
  readonly id: string;
  readonly isBatch: boolean;
  readonly name?: string;
  readonly workgroup: string;
  readonly database: string;
  /** Database user that ran it. */
  readonly user: string;
  readonly secretArn?: string;
  /** ARN of the principal that sent it, who alone may ask after it. */
  readonly owner: string;
  readonly texts: readonly string[];
  readonly parameters: readonly SqlParameter[];
  /** Whether a batch is committed as a whole. */
  readonly isTransaction: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** One for each text. */
  readonly parts: readonly Outcome[];
}

export function isOver({ status }: Pick<Outcome, 'status'>): boolean {
  return status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED';
}
