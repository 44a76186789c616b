import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { countOpen, type CountOpenOptions } from './count-open.ts';
import { lastRunAt } from './last-run-at.ts';
import type { Registrations } from './registrations.ts';

export interface RegistrationsOptions extends CountOpenOptions {
  /** Name of the workflow that makes the tables. */
  readonly workflow: string;
}

/** The registrations of the lake, with the function's own rights. */
export const connectRegistrations = ({ workflow, ...options }: RegistrationsOptions): Registrations => ({
  countOpen: countOpen(new AthenaClient({}), options),
  lastRunAt: lastRunAt(new GlueClient({}), workflow),
});
