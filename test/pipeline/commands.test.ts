import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAdminClient } from '../../cli/admin-client.ts';
import { createAdminProgram } from '../../cli/admin-program.ts';
import { createAthena } from '../../cli/athena.ts';
import { findDeployment } from '../../cli/deployment.ts';
import { createGenerateProgram } from '../../cli/generate-program.ts';
import { createQueryProgram } from '../../cli/query-program.ts';
import { createWorkflowProgram } from '../../cli/workflow-program.ts';
import { compareTruth } from '../../generator/compare-truth.ts';
import type { Truth } from '../../generator/truth.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

let pipeline: RunningPipeline;
let printed: string[];
let folder: string;
const print = (line: string) => void printed.push(line);

beforeAll(async () => {
  folder = await temporaryFolder('commands');
  pipeline = await runPipeline({ assemblyDir: inject('assemblyDir') });
});
afterAll(async () => {
  await pipeline?.remove();
  await removeFolder(folder);
});

const endpointsFile = () => join(pipeline.dataDir, 'endpoints.json');

async function admin(...words: string[]): Promise<string> {
  printed = [];
  const program = createAdminProgram({
    connect: (options) => {
      const { apiUrl, signer } = findDeployment(options);
      return createAdminClient(apiUrl!, signer);
    },
    print,
  });
  await program.parseAsync(['node', 'admin', '--endpoints', endpointsFile(), ...words]);
  return printed.join('\n');
}

async function query(...words: string[]): Promise<string> {
  printed = [];
  const program = createQueryProgram({
    connect: (options) => {
      const { awsUrl, signer, workGroup, database } = findDeployment(options);
      return createAthena({ endpoint: awsUrl, signer, workGroup: workGroup!, database });
    },
    print,
  });
  await program.parseAsync(['node', 'query', '--endpoints', endpointsFile(), ...words]);
  return printed.join('\n');
}

async function workflow(...words: string[]): Promise<string> {
  printed = [];
  const program = createWorkflowProgram({
    target: (options) => {
      const { apiUrl, awsUrl, signer, workflow: name } = findDeployment(options);
      return { apiUrl, endpoint: awsUrl, signer, workflow: name! };
    },
    print,
  });
  await program.parseAsync(['node', 'workflow', '--endpoints', endpointsFile(), ...words]);
  return printed.join('\n');
}

describe('the commands, against a running pipeline', () => {
  it('register a game, show it, disable its token and delete it', async () => {
    const { ApplicationId: id } = JSON.parse(await admin('--json', 'create-application', "Moss & 'Magic'")) as {
      ApplicationId: string;
    };
    const created = await admin('--json', 'create-authorization', id, 'build 7');
    const { ApiKeyId: keyId, ApiKeyValue: token } = JSON.parse(created) as { ApiKeyId: string; ApiKeyValue: string };
    expect(await admin('list-applications')).toContain("Moss & 'Magic'");
    expect(await admin('list-authorizations', id)).toMatch(/build 7.*game.*true/);
    expect(await admin('disable-authorization', id, keyId)).toMatch(/build 7.*game.*false/);
    expect(await admin('list-authorizations', id)).not.toContain(token);
    await admin('delete-authorization', id, keyId);
    await admin('delete-application', id);
    await expect(admin('get-application', id)).rejects.toThrow(/404/);
  });

  it('generate events and print the report of them', async () => {
    const truthFile = join(folder, 'truth.json');
    printed = [];
    const words = ['--events', '1000', '--seed', 'commands', '--unregistered', '0.01', '--truth', truthFile];
    await createGenerateProgram(print).parseAsync(['node', 'generate', '--endpoints', endpointsFile(), ...words]);
    // Nothing waits for the stream's interval: the command has it deliver first.
    const [steps, summary] = (await workflow()).split('\n');
    expect(steps).toMatch(/^(job \S+ SUCCEEDED in [\d.]+ s, ){6}crawler \S+ SUCCEEDED in [\d.]+ s$/);
    expect(summary).toMatch(/^playlake-dev-process-events: objects_taken [1-9]\d*, .*events_added [1-9]\d*/);

    const truth = JSON.parse(readFileSync(truthFile, 'utf8')) as Truth;
    const days = [`from_date=${truth.first_date}`, `to_date=${truth.last_date}`];
    const rows = JSON.parse(await query('daily-active-players', ...days, '--json')) as Record<string, string | null>[];
    expect(rows.length).toBeGreaterThan(10);
    expect(compareTruth('daily-active-players', rows, truth)).toEqual([]);
    expect(await query('daily-active-players', ...days)).toMatch(
      /│ application_id +│ event_date │ dau │[^]*rows, .* scanned/,
    );
    expect((await query('daily-active-players', ...days, '--csv')).split('\r\n')).toHaveLength(rows.length + 1);
    expect(await query('--sql', 'SELECT count(*) AS n FROM raw_events', '--csv')).toBe(`n\r\n${truth.sent}`);
    expect(await query()).toContain('rejected-events-by-reason');

    expect(await query('--truth', truthFile)).toBe(`26 reports say exactly what ${truthFile} says`);
    const [day, ...rest] = truth.active_players_per_day;
    const lie = { ...truth, active_players_per_day: [{ ...day, players: day!.players + 1 }, ...rest] };
    writeFileSync(truthFile, JSON.stringify(lie));
    await expect(query('daily-active-players', '--truth', truthFile)).rejects.toThrow(
      /differ from .* 1 times:\n.*dau of/,
    );
  });

  it('run the events job past an object only if there is such an object', async () => {
    await expect(workflow('--skip', 'raw_events/ingest_date=2026-01-01/nothing.parquet')).rejects.toThrow(
      /the workflow failed: job .* FAILED.*nothing\.parquet/,
    );
  });
});
