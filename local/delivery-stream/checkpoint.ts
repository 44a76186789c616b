import { readFile } from 'node:fs/promises';
import { replaceFile, systemErrorCode } from '../durable-files.ts';

/** How far a consumer of the journal has delivered, in a file that is replaced in one step. */
export interface Checkpoint {
  /** Everything before this sequence lies in the lake. */
  readonly delivered: number;
  /** A delivery under way: once all its objects exist, everything before `end` is delivered. */
  readonly intent?: { readonly end: number; readonly objects: readonly PlannedObject[] };
}

export interface PlannedObject {
  readonly bucket: string;
  readonly key: string;
}

export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Checkpoint;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw new Error(`the checkpoint ${path} cannot be read`, { cause: error });
  }
}

export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await replaceFile(path, JSON.stringify(checkpoint));
}
