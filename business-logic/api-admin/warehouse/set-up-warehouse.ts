import * as z from 'zod';
import { NotFound } from '../../shared/http/errors.ts';
import { parseBody } from '../../shared/http/parse-body.ts';
import type { Action, Answer } from '../../shared/http/route.ts';
import type { SetupNotes, SetupProgress } from '../../warehouse-setup/setup-progress.ts';

/** Setups of the warehouse, as the machine that does them knows them. */
export interface SetupRuns {
  /** Name of the one that is going on. */
  running(): Promise<string | undefined>;
  /** Starts one and answers its name. */
  start(): Promise<string>;
  /** How a setup ended, or that it has not; undefined when there was none of this name. */
  status(name: string): Promise<SetupProgress['Status'] | undefined>;
}

/** What the action works with. */
export interface WarehouseDeps {
  readonly setups: SetupRuns;
  readonly notes: Pick<SetupNotes, 'read'>;
}

/** A body is not needed. */
const question = z.strictObject({
  /** Asks for this setup instead of starting one. */
  SetupId: z
    .string()
    .regex(/^[\w-]{1,80}$/, 'must be what a setup answered')
    .optional(),
});

/** Starts a setup of the warehouse, or says how far the one is that is going on, or one that is asked for. */
export const setUpWarehouse: Action<WarehouseDeps> = async ({ body }, deps) => {
  const { SetupId } = body === undefined ? {} : parseBody(question, body);
  const id = SetupId ?? (await deps.setups.running()) ?? (await deps.setups.start());
  return answer(await progressOf(id, deps));
};

async function progressOf(id: string, { setups, notes }: WarehouseDeps): Promise<SetupProgress> {
  const status = await setups.status(id);
  if (status === undefined) throw new NotFound(`there was no setup ${id}`);
  const last = await notes.read();
  const own = last?.SetupId === id ? last : undefined;
  return {
    SetupId: id,
    Status: status,
    StatementsDone: own?.StatementsDone ?? 0,
    Statements: own?.Statements ?? last?.Statements ?? 0,
    ...(status === 'FAILED' && { Error: own?.Error ?? 'the setup was ended from outside' }),
  };
}

const answer = (progress: SetupProgress): Answer => ({
  status: progress.Status === 'RUNNING' ? 202 : 200,
  body: progress,
});
