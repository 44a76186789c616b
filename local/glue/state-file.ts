import { AwsError } from '../runtime.ts';
import type { ObjectStore } from '../runtime.ts';

/** Another run has put its state since this one began. */
export class AnotherRunFinished extends Error {
  override readonly name = 'AnotherRunFinished';

  constructor(key: string, options?: ErrorOptions) {
    super(`another run finished first: ${key} has changed since this run began; run the job again`, options);
  }
}

/** What a job remembers between its runs, as a run found it: one object, which it puts last. */
export interface StateFile {
  /** Undefined where there is none yet. */
  readonly text: string | undefined;
  /** Throws AnotherRunFinished; called before anything is published, so that the loser of two seldom gets that far. */
  checkUnchanged(): Promise<void>;
  /** Whether there was anything to write. Throws AnotherRunFinished. */
  write(text: string): Promise<boolean>;
}

export async function openStateFile(objects: ObjectStore, bucket: string, key: string): Promise<StateFile> {
  const etag = (await objects.head(bucket, key))?.etag;
  const text = etag === undefined ? undefined : (await objects.readAll(bucket, key))?.toString('utf8');
  const condition = etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag };
  return {
    text,
    async checkUnchanged() {
      if ((await objects.head(bucket, key))?.etag !== etag) throw new AnotherRunFinished(key);
    },
    async write(written) {
      if (written === text) return false;
      try {
        await objects.put(bucket, key, Buffer.from(written), { contentType: 'application/json', ...condition });
      } catch (error) {
        const lost = error instanceof AwsError && ['PreconditionFailed', 'NoSuchKey'].includes(error.code);
        throw lost ? new AnotherRunFinished(key, { cause: error }) : error;
      }
      return true;
    },
  };
}
