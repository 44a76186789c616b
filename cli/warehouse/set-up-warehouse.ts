import { signedFetch } from '../signed-fetch.ts';
import { untilEnded } from './run-machine.ts';
import { executionArn, withClients, type WarehouseTarget } from './warehouse-target.ts';

/** What `POST /redshift/setup` answers. */
export interface SetupProgress {
  readonly SetupId: string;
  readonly Status: string;
  readonly StatementsDone: number;
  readonly Statements: number;
  readonly Error?: string;
}

/**
 * Runs the setup of the warehouse again, over the signed admin API, and waits for its end. One that goes on already is
 * waited for instead.
 * @throws Error when it cannot be started or fails
 */
export async function setUpWarehouse(apiUrl: string, target: WarehouseTarget): Promise<SetupProgress> {
  const response = await signedFetch(`${apiUrl}/redshift/setup`, 'POST', undefined, target.signer);
  const text = await response.text();
  if (!response.ok) throw new Error(`POST /redshift/setup was answered with ${response.status}: ${text.slice(0, 300)}`);
  const progress = JSON.parse(text) as SetupProgress;
  const outcome = await withClients(target, ({ machines }) =>
    untilEnded(machines, executionArn(target, 'setup', progress.SetupId)),
  );
  if (outcome.error !== undefined) throw new Error(`the setup failed (${outcome.status}): ${outcome.error}`);
  return { ...progress, Status: outcome.status, StatementsDone: progress.Statements };
}
