import type { ParameterType } from '../../../lib/queries/read-query.ts';

/** A parameter of a report in Redshift's SQL, where it stands as `:name`, cast to its type. */
export interface WarehouseParameter {
  readonly name: string;
  readonly type: ParameterType;
  /** SQL expression in Redshift's dialect that is used where no value is given. */
  readonly default?: string;
}

/** A report as the warehouse runs it: made at synth from its query file, and laid beside the function. */
export interface WarehouseReport {
  /** Redshift's SQL; parameters stand in it as the Data API names them. */
  readonly sql: string;
  /** Each name once. */
  readonly parameters: readonly WarehouseParameter[];
}

/** Reports by their names. */
export type WarehouseReports = Readonly<Record<string, WarehouseReport>>;
