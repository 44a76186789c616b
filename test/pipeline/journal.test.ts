import { readdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { registerGame } from '../support/admin-client.ts';
import { askAthena } from '../support/athena-client.ts';
import { DidNotStart, startChildPipeline } from '../support/child-pipeline.ts';
import { killRounds } from '../support/kill-rounds.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { aSentEvent, flush, postEvents } from '../support/send-events.ts';

let dataDir: string;

const assembly = () => ['--assembly', inject('assemblyDir')];

beforeAll(async () => {
  dataDir = await temporaryFolder('child');
});

afterAll(() => removeFolder(dataDir));

describe('an acknowledged event', () => {
  // More rounds, some of them killed once more as they start, in test/engines/faults.
  it('outlives a kill -9 at a random moment', async () => {
    const outcome = await killRounds({ rounds: 1, seed: 20261121, assemblyDir: inject('assemblyDir') });
    expect(outcome.lost).toEqual([]);
    expect(outcome.rounds.every((round) => round.acknowledged > 0 && round.interrupted > 0)).toBe(true);
  });

  it('is delivered on SIGTERM, which ends with 0, and is there after the next start', async () => {
    const first = await startChildPipeline(dataDir, [...assembly(), '--flush-seconds', '900']);
    const game = await registerGame(first.endpoints, 'a game');
    expect((await postEvents(first.endpoints, game, [aSentEvent()])).status).toBe(200);
    expect(await objectsOf(first.endpoints.bucketPath)).toEqual([]);
    expect(await first.end('SIGTERM')).toBe(0);
    expect(await objectsOf(first.endpoints.bucketPath)).toHaveLength(1);

    const second = await startChildPipeline(dataDir, assembly());
    try {
      expect((await postEvents(second.endpoints, game, [aSentEvent()])).status).toBe(200);
      await flush(second.endpoints);
      expect(await askAthena(second.endpoints, 'SELECT count(*) AS events FROM raw_events')).toEqual([{ events: '2' }]);
    } finally {
      expect(await second.end('SIGTERM')).toBe(0);
    }
  });
});

describe('npm run local', () => {
  it('says which port is taken, and ends with an error', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const ownDataDir = await temporaryFolder('occupied');
    try {
      const failure: unknown = await startChildPipeline(ownDataDir, [...assembly(), '--port', String(port)]).catch(
        (error) => error,
      );
      expect(failure).toBeInstanceOf(DidNotStart);
      const { exitCode, output } = failure as DidNotStart;
      expect(exitCode).toBeGreaterThan(0);
      expect(output).toContain(String(port));
      expect(output).toMatch(/in use|taken|occupied/i);
      expect(output).not.toMatch(/^\s+at /m);
    } finally {
      server.close();
      await removeFolder(ownDataDir);
    }
  });
});

async function objectsOf(bucketPath: string): Promise<string[]> {
  const names = await readdir(join(bucketPath, 'raw_events'), { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.parquet'));
}
