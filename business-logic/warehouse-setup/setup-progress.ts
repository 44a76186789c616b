import * as z from 'zod';
import type { StateObjects } from '../shared/warehouse/state-objects.ts';

const setupProgress = z.object({
  /** Name of the execution. */
  SetupId: z.string(),
  Status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED']),
  StatementsDone: z.number(),
  Statements: z.number(),
  /** Of a setup that failed. */
  Error: z.string().optional(),
});

/** How far a setup of the warehouse is. */
export type SetupProgress = z.infer<typeof setupProgress>;

/** Where the last setup says how far it is. */
export interface SetupNotes {
  /** Undefined before the first setup. */
  read(): Promise<SetupProgress | undefined>;
  write(progress: SetupProgress): Promise<void>;
}

export const setupNotes = (objects: Pick<StateObjects, 'read' | 'write'>, key: string): SetupNotes => ({
  async read() {
    const content = await objects.read(key);
    return content === undefined ? undefined : setupProgress.parse(content);
  },
  write: (progress) => objects.write(key, progress),
});
