import type { AthenaColumn } from '../athena-values.ts';

export type ExecutionState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** A `QueryExecution` as GetQueryExecution answers it; times in seconds since the epoch, as JSON 1.1 has them. */
export interface QueryExecution {
  readonly QueryExecutionId: string;
  readonly Query: string;
  readonly StatementType: 'DML' | 'UTILITY';
  readonly SubstatementType?: string;
  readonly WorkGroup: string;
  readonly QueryExecutionContext: { readonly Database: string; readonly Catalog: string };
  readonly ResultConfiguration: { readonly OutputLocation: string };
  readonly ExecutionParameters?: readonly string[];
  readonly EngineVersion: { readonly SelectedEngineVersion: string; readonly EffectiveEngineVersion: string };
  readonly Status: {
    readonly State: ExecutionState;
    readonly StateChangeReason?: string;
    readonly SubmissionDateTime: number;
    readonly CompletionDateTime?: number;
    /** `ErrorType` is 0: Athena's numbers for kinds of errors are not imitated. */
    readonly AthenaError?: {
      readonly ErrorCategory: number;
      readonly ErrorType: number;
      readonly Retryable: boolean;
      readonly ErrorMessage: string;
    };
  };
  readonly Statistics: {
    readonly EngineExecutionTimeInMillis: number;
    readonly DataScannedInBytes: number;
    readonly TotalExecutionTimeInMillis: number;
    readonly QueryQueueTimeInMillis: number;
    readonly ServiceProcessingTimeInMillis: number;
    readonly ResultReuseInformation: { readonly ReusedPreviousResult: boolean };
  };
}

/** An execution with what its results need to be read. */
export interface StoredExecution {
  readonly execution: QueryExecution;
  readonly columns: readonly AthenaColumn[];
  readonly rowCount: number;
}

export function isFinished({ Status }: QueryExecution): boolean {
  return Status.State !== 'QUEUED' && Status.State !== 'RUNNING';
}
