import { setTimeout as sleep } from 'node:timers/promises';
import { signedFetch, type Signer } from '../signed-fetch.ts';

/** What `POST /redshift/setup` answers. */
export interface SetupProgress {
  readonly SetupId: string;
  /** `RUNNING`, `SUCCEEDED` or `FAILED`. */
  readonly Status: string;
  readonly StatementsDone: number;
  readonly Statements: number;
  readonly Error?: string;
}

const pollMs = 500;

/**
 * Runs the setup of the warehouse again, over the signed admin API, and waits for its end. One that goes on already is
 * waited for instead.
 * @param onProgress told whenever more of it is done
 * @throws Error when it cannot be started or fails, with the reason
 */
export async function setUpWarehouse(
  apiUrl: string,
  signer: Signer,
  onProgress: (progress: SetupProgress) => void = () => undefined,
): Promise<SetupProgress> {
  const ask = async (body: unknown): Promise<SetupProgress> => {
    const response = await signedFetch(`${apiUrl}/redshift/setup`, 'POST', body, signer);
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`POST /redshift/setup was answered with ${response.status}: ${text.slice(0, 300)}`);
    }
    return JSON.parse(text) as SetupProgress;
  };

  let told = 0;
  let progress = await ask(undefined);
  const { SetupId } = progress;
  while (progress.Status === 'RUNNING') {
    if (progress.StatementsDone > told) onProgress(progress);
    told = progress.StatementsDone;
    await sleep(pollMs);
    progress = await ask({ SetupId });
  }
  if (progress.Status !== 'SUCCEEDED') throw new Error(`the setup failed: ${progress.Error ?? 'no reason given'}`);
  return progress;
}
