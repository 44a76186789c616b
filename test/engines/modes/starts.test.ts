import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAdminClient } from '../../../cli/admin-client.ts';
import { checkTruth } from '../../../cli/check-truth.ts';
import { connectEngine } from '../../../cli/connect-engine.ts';
import { registerGames } from '../../../cli/register-games.ts';
import { localStream } from '../../../cli/stream-target.ts';
import { parseConfig } from '../../../config/load.ts';
import { generate } from '../../../generator/generate.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import type { Truth } from '../../../generator/truth.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { runPipeline } from '../../support/running-pipeline.ts';
import { runWorkflow } from '../../support/run-workflow.ts';
import { flush } from '../../support/send-events.ts';
import { removeFolder } from '../../support/temporary-folder.ts';
import { modes, nameOf, type Mode } from './mode-rows.ts';

const events = 10_000;

const signerOf = ({ region, accessKeyId, secretAccessKey }: Endpoints) => ({
  region,
  credentials: { accessKeyId, secretAccessKey },
});

/** Sends generated events through the API, for games that are registered first. */
async function sendAll(endpoints: Endpoints): Promise<Truth> {
  const games = await registerGames(createAdminClient(endpoints.apiUrl, signerOf(endpoints)), generatorDefaults.games);
  return generate(
    { ...generatorDefaults, events, seed: 'modes', unregistered: 0.002, end: Date.now() },
    { apiUrl: endpoints.apiUrl, games, stream: localStream(endpoints) },
    {},
  );
}

const pairsOf = (mode: Mode): readonly string[] => {
  const settings = Object.entries(mode).map(([name, value]) => `${name}=${value}`);
  return settings.flatMap((one, index) => settings.slice(index + 1).map((other) => `${one} ${other}`));
};
const isValid = (mode: Mode): boolean => {
  try {
    parseConfig({ WORKLOAD_NAME: 'test', ...mode }, 'a test');
    return true;
  } catch {
    return false;
  }
};

describe('the modes that are started', () => {
  it('are eight at most, and show every pair of settings that can be combined', () => {
    const flags = [false, true];
    const all = (['DIRECT_BATCH', 'KINESIS_DATA_STREAMS'] as const).flatMap((INGEST_MODE) =>
      (['DATA_LAKE', 'REDSHIFT'] as const).flatMap((DATA_STACK) =>
        flags.flatMap((ENABLE_APACHE_ICEBERG_SUPPORT) =>
          flags.flatMap((S3_BACKUP_MODE) =>
            flags.map((DEV_MODE): Mode => ({
              INGEST_MODE,
              DATA_STACK,
              ENABLE_APACHE_ICEBERG_SUPPORT,
              S3_BACKUP_MODE,
              DEV_MODE,
            })),
          ),
        ),
      ),
    );
    const valid = all.filter(isValid);
    expect([all.length, valid.length]).toEqual([32, 24]);
    expect(modes.length).toBeLessThanOrEqual(8);
    expect(modes.filter((mode) => !isValid(mode))).toEqual([]);
    const shown = new Set(modes.flatMap(pairsOf));
    expect([...new Set(valid.flatMap(pairsOf))].filter((pair) => !shown.has(pair))).toEqual([]);
  });
});

describe.each(modes.map((mode) => [nameOf(mode), mode] as const))('%s', (_name, mode) => {
  it(`starts, and its reports say what became of ${events} events`, async () => {
    const assemblyDir = await modeAssembly(mode);
    const pipeline = await runPipeline({ assemblyDir });
    try {
      const { endpoints } = pipeline;
      expect([endpoints.kinesisStream !== null, endpoints.redshiftWorkgroup !== null]).toEqual([
        mode.INGEST_MODE === 'KINESIS_DATA_STREAMS',
        mode.DATA_STACK === 'REDSHIFT',
      ]);
      const truth = await sendAll(endpoints);
      expect(truth.acknowledged).toBe(events);
      await flush(endpoints);
      await runWorkflow(endpoints);

      const { redshiftWorkgroup } = endpoints;
      const engine = connectEngine({
        ...endpoints,
        signer: signerOf(endpoints),
        redshiftWorkgroup: redshiftWorkgroup ?? undefined,
      });
      try {
        expect(engine.name).toBe(mode.DATA_STACK === 'REDSHIFT' ? 'Redshift' : 'Athena');
        const checks = await checkTruth(engine, truth);
        expect(checks.length).toBeGreaterThan(20);
        expect(checks.flatMap(({ differences }) => differences)).toEqual([]);
      } finally {
        engine.close();
      }
    } finally {
      await pipeline.remove();
      await removeFolder(dirname(assemblyDir));
    }
  });
});

const clientsIn = async (DATA_STACK: Mode['DATA_STACK']): Promise<readonly string[]> => {
  const assemblyDir = await modeAssembly({ DATA_STACK });
  try {
    const bundles = readdirSync(assemblyDir).filter((name) => existsSync(join(assemblyDir, name, 'reports.json')));
    const texts = bundles.map((name) => readFileSync(join(assemblyDir, name, 'index.mjs'), 'utf8'));
    return texts.flatMap((text) => ['AmazonAthena', 'RedshiftData'].filter((service) => text.includes(service)));
  } finally {
    await removeFolder(dirname(assemblyDir));
  }
};

describe('the functions of reports', () => {
  it('have the client of the engine that answers, and no other', async () => {
    expect(await clientsIn('DATA_LAKE')).toEqual(['AmazonAthena']);
    expect(await clientsIn('REDSHIFT')).toEqual(['RedshiftData']);
  });
});
