import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forgetPlayer } from '../../../cli/forget/forget-player.ts';
import { findLake } from '../../../cli/forget/lake-target.ts';
import { runDemo } from '../../../cli/run-demo.ts';
import { parseConfig } from '../../../config/load.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { callLocal } from '../../support/send-events.ts';
import { removeFolder } from '../../support/temporary-folder.ts';
import { modes, nameOf, type Mode } from './mode-rows.ts';

const events = 10_000;

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

/** Whoever has most events is forgotten, and is in no table of events behind it. */
async function forgetSomebody({ dataDir, endpoints }: RunningPipeline): Promise<void> {
  const rowsOf = async (sql: string) => {
    const { json } = await callLocal(endpoints, 'POST', '/_local/query', { sql });
    return (json as { rows: readonly (readonly string[])[] }).rows;
  };
  const [[playerId = '', had] = []] = await rowsOf(
    'SELECT player_id, count(*) AS had FROM events GROUP BY player_id ORDER BY had DESC LIMIT 1',
  );
  expect(Number(had)).toBeGreaterThan(10);
  const lake = findLake({ endpoints: join(dataDir, 'endpoints.json') });
  const { report } = await forgetPlayer(lake, { playerId, application: undefined }, () => {});
  const removed = new Map(report.tables.map(({ table, rows_removed }) => [table, rows_removed]));
  expect(removed.get('events')).toBe(Number(had));
  for (const table of ['events', 'recent_events', 'player_days', 'player_revenue'])
    expect(await rowsOf(`SELECT 1 FROM ${table} WHERE player_id = '${playerId}'`)).toEqual([]);
}

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
      const printed: string[] = [];
      const print = (line: string) => void printed.push(line);
      // Registers games, sends events and accounts through the API, runs the workflow, loads the warehouse, and throws
      // unless all reports, over HTTP as well, say what the generator did.
      await runDemo(endpoints, { events, seed: 'modes', dataDir: pipeline.dataDir, print });
      expect(printed).toContainEqual(expect.stringMatching(new RegExp(`^${events} events acknowledged`)));
      expect(printed).toContainEqual(expect.stringMatching(/All 2\d reports say exactly what the generator did/));
      expect(printed.some((line) => line.startsWith('loaded the warehouse'))).toBe(mode.DATA_STACK === 'REDSHIFT');
      // Plain tables alone are left in test/pipeline/workflow.test.ts.
      if (mode.ENABLE_APACHE_ICEBERG_SUPPORT || mode.DATA_STACK === 'REDSHIFT') await forgetSomebody(pipeline);
    } finally {
      await pipeline.remove();
      await removeFolder(dirname(assemblyDir));
    }
  }, 300_000);
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
