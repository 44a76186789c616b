import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { callAdmin, registerGame, setEnabled, type Game } from '../support/admin-client.ts';
import { askAthena } from '../support/athena-client.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { removeFolder } from '../support/temporary-folder.ts';
import { aSentEvent, flush, postEvents } from '../support/send-events.ts';
import { at, editedAssembly, setAt, type OpenAssembly } from '../support/template-edit.ts';

let asDesigned: RunningPipeline;
let changed: RunningPipeline;
let changedAssembly: string;
let games: { asDesigned: Game; changed: Game };

/** One copy of the assembly with several changes that do not touch each other. */
async function change(assembly: OpenAssembly): Promise<void> {
  const stream = assembly.resource('AWS::KinesisFirehose::DeliveryStream');
  const destination = ['Properties', 'ExtendedS3DestinationConfiguration'];
  setAt(stream, [...destination, 'Prefix'], 'elsewhere/ingest_date=!{timestamp:yyyy-MM-dd}/');
  for (const table of assembly.resources('AWS::Glue::Table')) {
    const moved = JSON.stringify(table.Properties).replaceAll('raw_events/', 'elsewhere/');
    table.Properties = JSON.parse(moved) as Record<string, unknown>;
  }
  // The stream's role may write only where the template says.
  for (const policy of assembly.resources('AWS::IAM::Policy')) {
    if (!String(policy.Properties['PolicyName']).startsWith('EventsRole')) continue;
    const moved = JSON.stringify(policy.Properties).replaceAll('/raw_events/*', '/elsewhere/*');
    policy.Properties = JSON.parse(moved) as Record<string, unknown>;
  }
  setAt(stream, [...destination, 'BufferingHints', 'IntervalInSeconds'], 1);
  for (const processor of at(stream, ...destination, 'ProcessingConfiguration', 'Processors') as object[]) {
    const parameters = at(processor, 'Parameters') as { ParameterName: string; ParameterValue: unknown }[];
    const interval = parameters.find((one) => one.ParameterName === 'BufferIntervalInSeconds');
    if (interval) interval.ParameterValue = '1';
  }

  const transform = assembly.functionWith('UNDECLARED_EVENT_TYPES');
  setAt(transform, ['Properties', 'Environment', 'Variables', 'UNDECLARED_EVENT_TYPES'], 'REJECT');

  for (const scheme of Object.values(
    at(assembly.resource('AWS::ApiGateway::RestApi'), 'Properties', 'Body', 'components', 'securitySchemes') as object,
  )) {
    const authorizer = at(scheme, 'x-amazon-apigateway-authorizer');
    if (authorizer) setAt(authorizer, ['authorizerResultTtlInSeconds'], 0);
  }

  const bundle = await assembly.bundlePath(assembly.functionWith('AUTHORIZATIONS_BY_APPLICATION_INDEX'));
  const original = await readFile(bundle, 'utf8');
  expect(original).toContain('ApplicationName');
  await writeFile(bundle, original.replaceAll('ApplicationName', 'NameOfTheGame'));

  assembly.addResource('-ingestion', 'Postcards', { Type: 'AWS::MSK::Cluster', Properties: {} });
}

beforeAll(async () => {
  changedAssembly = await editedAssembly(inject('assemblyDir'), change);
  // No flushSeconds: the buffers are the template's own.
  [asDesigned, changed] = await Promise.all([
    runPipeline({ assemblyDir: inject('assemblyDir'), flushSeconds: undefined }),
    runPipeline({ assemblyDir: changedAssembly, flushSeconds: undefined }),
  ]);
  const [gameAsDesigned, gameChanged] = await Promise.all([
    registerGame(asDesigned.endpoints, 'a game'),
    registerGame(changed.endpoints, 'a game'),
  ]);
  games = { asDesigned: gameAsDesigned, changed: gameChanged };
});

afterAll(async () => {
  await Promise.all([asDesigned?.remove(), changed?.remove()]);
  if (changedAssembly) await removeFolder(changedAssembly);
});

describe('the template is the program', () => {
  it('delivers under the prefix and after the interval that it names', async () => {
    await Promise.all([
      postEvents(asDesigned.endpoints, games.asDesigned, [aSentEvent()]),
      postEvents(changed.endpoints, games.changed, [aSentEvent()]),
    ]);
    const [object] = await waitForObjects(join(changed.endpoints.bucketPath, 'elsewhere'));
    expect(object).toMatch(/^ingest_date=\d{4}-\d\d-\d\d\/.+\.parquet$/);
    expect(await objectsIn(join(changed.endpoints.bucketPath, 'raw_events'))).toEqual([]);

    // Its interval is a minute, so the same event still waits where nothing was changed, until it is asked for.
    const designed = join(asDesigned.endpoints.bucketPath, 'raw_events');
    expect(await objectsIn(designed)).toEqual([]);
    await flush(asDesigned.endpoints);
    expect(await objectsIn(designed)).toHaveLength(1);
  });

  it('gives its functions the environment that it names', async () => {
    const dragons = [aSentEvent({ event_type: 'dragon_tamed', player_id: 'tamer' })];
    await postEvents(asDesigned.endpoints, games.asDesigned, dragons);
    await postEvents(changed.endpoints, games.changed, dragons);
    await flush(asDesigned.endpoints);
    await flush(changed.endpoints);

    const ends =
      "SELECT status, json_extract_scalar(rejection, '$.code') AS reason FROM raw_events WHERE player_id = 'tamer'";
    expect(await askAthena(asDesigned.endpoints, ends)).toEqual([{ status: 'accepted', reason: null }]);
    expect(await askAthena(changed.endpoints, ends)).toEqual([{ status: 'rejected', reason: 'undeclared_event_type' }]);
  });

  it('caches what the authorizer said for as long as it names', async () => {
    expect(await statusOfSending(asDesigned, games.asDesigned)).toBe(200);
    expect(await statusOfSending(changed, games.changed)).toBe(200);
    await setEnabled(asDesigned.endpoints, games.asDesigned, false);
    await setEnabled(changed.endpoints, games.changed, false);
    expect(await statusOfSending(asDesigned, games.asDesigned)).toBe(200);
    expect(await statusOfSending(changed, games.changed)).toBe(403);
  });

  it("runs the assembly's own bundles", async () => {
    const [designed, edited] = await Promise.all(
      [asDesigned, changed].map((pipeline) => callAdmin(pipeline.endpoints, 'GET', '/applications')),
    );
    expect(designed?.text).toContain('"ApplicationName":');
    expect(edited?.text).toContain('"NameOfTheGame":');
    expect(edited?.text).not.toContain('"ApplicationName":');
  });

  it('has no resource that is skipped in silence: one without a stand-in is named at start', () => {
    expect(changed.local.withoutStandIn).toContain('AWS::MSK::Cluster');
    expect(changed.lines.join('\n')).toContain('AWS::MSK::Cluster');
    expect(asDesigned.local.withoutStandIn).not.toContain('AWS::MSK::Cluster');
  });
});

async function statusOfSending(pipeline: RunningPipeline, game: Game): Promise<number> {
  return (await postEvents(pipeline.endpoints, game, [aSentEvent()])).status;
}

async function waitForObjects(folder: string): Promise<string[]> {
  const giveUpAt = Date.now() + 30_000;
  while (Date.now() < giveUpAt) {
    const objects = await objectsIn(folder);
    if (objects.length > 0) return objects;
    await wait(100);
  }
  throw new Error(`nothing was delivered to ${folder}`);
}

/** Keys below a folder of the lake. */
async function objectsIn(folder: string): Promise<string[]> {
  const isThere = await stat(folder).catch(() => undefined);
  if (!isThere) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
