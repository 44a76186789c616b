import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createToken } from '../../business-logic/shared/token.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { callAdmin, registerGame, setEnabled, type Game } from '../support/admin-client.ts';
import { askAthena } from '../support/athena-client.ts';
import { startChildPipeline, type ChildPipeline } from '../support/child-pipeline.ts';
import type { Answer } from '../support/read-answer.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { searchFolder, searchText } from '../support/search-folder.ts';
import { aSentEvent, flush, postBody, postEvents } from '../support/send-events.ts';
import { scanAllTables } from '../support/table-client.ts';
import { editedAssembly, setAt } from '../support/template-edit.ts';

/** Stands in event payloads alone, so wherever else it is found a payload was written there. */
const payload = 'flamingo-7731-diary';

let dataDir: string;
let child: ChildPipeline;
let signatures: string[];
let answers: Answer[];
/** What must not be found, by name. */
let secrets: Record<string, string>;
/** The same pipeline with functions that fail, because their tables do not exist. */
let broken: RunningPipeline;
let brokenAssembly: string;
let brokenGame: Game;

beforeAll(async () => {
  dataDir = await temporaryFolder('secrets');
  child = await startChildPipeline(dataDir, ['--assembly', inject('assemblyDir')]);
  const { endpoints } = child;
  signatures = [];
  const onSignature = (signature: string) => void signatures.push(signature);
  const game = await registerGame(endpoints, 'a game', { onSignature });
  const disabled = await registerGame(endpoints, 'a disabled game', { onSignature });
  await setEnabled(endpoints, disabled, false, { onSignature });
  const unknown = createToken().token;
  answers = [
    ...(await sendEverything(endpoints, game)),
    await postEvents(endpoints, disabled, [aSentEvent()]),
    await postEvents(endpoints, { ...game, token: unknown }, [aSentEvent()]),
    await postEvents(endpoints, { ...game, token: `${game.token}x` }, [aSentEvent()]),
    await callAdmin(endpoints, 'GET', '/applications', undefined, { onSignature }),
    await callAdmin(endpoints, 'GET', `/applications/${game.applicationId}/authorizations`, undefined, { onSignature }),
    await callAdmin(endpoints, 'POST', '/applications', `{"Name":"${payload}`, { onSignature }),
    await callAdmin(endpoints, 'GET', '/applications', undefined, {
      onSignature,
      key: { accessKeyId: endpoints.accessKeyId, secretAccessKey: 'a wrong secret' },
    }),
  ];
  await putToStream(endpoints, `not JSON: ${payload}`);
  await putToStream(endpoints, JSON.stringify({ ...aSentEvent({ player_id: payload }), application_id: payload }));
  await flush(endpoints);

  secrets = {
    'the token': game.token,
    'the secret part of the token': game.token.slice(-46),
    'a disabled token': disabled.token,
    'an unknown token': unknown,
    ...Object.fromEntries(signatures.map((signature, index) => [`signature ${index}`, signature])),
  };
  await startBroken();
});

/** A pipeline whose authorizer works only until its table is taken away, and whose transform always fails. */
async function startBroken(): Promise<void> {
  const brokenDir = await temporaryFolder('broken');
  const working = await runPipeline({ assemblyDir: inject('assemblyDir'), dataDir: brokenDir });
  brokenGame = await registerGame(working.endpoints, 'a game');
  await working.stop();
  brokenAssembly = await editedAssembly(inject('assemblyDir'), (assembly) => {
    for (const lambda of assembly.resources('AWS::Lambda::Function')) {
      for (const name of ['APPLICATIONS_TABLE', 'AUTHORIZATIONS_TABLE']) {
        if (JSON.stringify(lambda.Properties).includes(`"${name}"`)) {
          setAt(lambda, ['Properties', 'Environment', 'Variables', name], 'no-such-table');
        }
      }
    }
  });
  broken = await runPipeline({ assemblyDir: brokenAssembly, dataDir: brokenDir });
}

afterAll(async () => {
  await child?.end('SIGTERM');
  await broken?.remove();
  for (const folder of [dataDir, brokenAssembly]) if (folder) await removeFolder(folder);
});

describe('tokens, signatures and payloads', () => {
  it('were all sent, and some were refused', () => {
    expect(signatures.length).toBeGreaterThan(8);
    expect(signatures.every((signature) => /^[0-9a-f]{64}$/.test(signature))).toBe(true);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 400, 401, 403, 413, 415]));
  });

  it('are found where they lie (the search itself works)', async () => {
    expect(await searchFolder(`${dataDir}/s3`, { payload })).not.toEqual([]);
    const written = { transform: 'batch transformed', admin: 'request answered' };
    expect(await searchFolder(`${dataDir}/logs`, written)).toHaveLength(2);
    expect(searchText(Buffer.from(`..${payload}..`).toString('base64'), { payload })).toEqual(['payload']);
  });

  it('do not lie in the data directory: no token and no signature, in no file', async () => {
    expect(await searchFolder(dataDir, secrets)).toEqual([]);
  });

  it('are not printed and not logged', async () => {
    const mostSecret = { ...secrets, payload, 'the secret key': child.endpoints.secretAccessKey };
    expect(searchText(child.output(), mostSecret)).toEqual([]);
    expect(await searchFolder(`${dataDir}/logs`, mostSecret)).toEqual([]);
    expect(child.output()).not.toMatch(/Signature=/);
  });

  it('do not lie in DynamoDB in the clear', async () => {
    const tables = await scanAllTables(child.endpoints);
    const text = JSON.stringify([...tables]);
    expect(text).toContain('a disabled game');
    expect(searchText(text, { ...secrets, payload, 'the secret key': child.endpoints.secretAccessKey })).toEqual([]);
  });

  it('do not lie in the columns about an event', async () => {
    const rows = await askAthena(child.endpoints, 'SELECT metadata FROM raw_events');
    expect(rows.length).toBeGreaterThan(2);
    expect(searchText(JSON.stringify(rows), { ...secrets, payload })).toEqual([]);
    const whole = await askAthena(
      child.endpoints,
      "SELECT application_id, event_data, rejection, original FROM raw_events WHERE status = 'rejected'",
    );
    expect(whole.length).toBeGreaterThan(1);
    expect(searchText(JSON.stringify(whole), secrets)).toEqual([]);
  });

  it('are not sent back', () => {
    for (const answer of answers) expect(searchText(answer.text, { ...secrets, payload })).toEqual([]);
  });
});

describe('functions that fail', () => {
  it('answer 500, deliver to firehose-errors, and log neither token nor payload', async () => {
    const { endpoints } = broken;
    const refused = await postEvents(endpoints, brokenGame, [aSentEvent({ player_id: payload })]);
    expect(refused.status).toBe(500);
    const admin = await callAdmin(endpoints, 'GET', '/applications');
    expect(admin.status).toBe(500);
    expect(admin.json).toEqual({ error: expect.any(String), error_detail: expect.any(String) });
    expect(admin.text).not.toContain('no-such-table');
    await putToStream(
      endpoints,
      JSON.stringify({ ...aSentEvent({ player_id: payload }), application_id: brokenGame.applicationId }),
    );
    await flush(endpoints);

    const texts = { token: brokenGame.token, payload };
    expect(searchText(broken.lines.join('\n'), texts)).toEqual([]);
    expect(await searchFolder(`${broken.dataDir}/logs`, texts)).toEqual([]);
    expect(await searchFolder(broken.dataDir, { token: brokenGame.token })).toEqual([]);
    expect(await searchFolder(`${endpoints.bucketPath}/firehose-errors`, { payload })).not.toEqual([]);
  });
});

/** Good events and every kind of failure, all bearing the payload's mark. */
async function sendEverything(endpoints: Endpoints, game: Game): Promise<Answer[]> {
  const event_data = { note: payload };
  const big = Array.from({ length: 21 }, () => aSentEvent({ event_data: { note: payload.repeat(3_000) } }));
  return [
    await postEvents(endpoints, game, [aSentEvent({ event_data, player_id: payload })]),
    await postEvents(endpoints, game, [aSentEvent({ event_timestamp: payload, event_data })]),
    await postEvents(endpoints, game, [aSentEvent({ event_id: payload, event_data })]),
    await postEvents(endpoints, game, [
      aSentEvent({ event_type: 'user_sentiment', event_data: { user_rating: payload } }),
    ]),
    await postBody(endpoints, game, `{"events":[{"note":"${payload}"`),
    await postBody(endpoints, game, JSON.stringify({ events: payload })),
    await postBody(endpoints, game, payload, { 'content-type': 'text/plain' }),
    await postEvents(endpoints, game, big),
  ];
}

async function putToStream(endpoints: Endpoints, text: string): Promise<void> {
  const client = new FirehoseClient({
    endpoint: endpoints.awsUrl,
    region: endpoints.region,
    credentials: { accessKeyId: endpoints.accessKeyId, secretAccessKey: endpoints.secretAccessKey },
  });
  const Record = { Data: new TextEncoder().encode(text) };
  await client.send(new PutRecordCommand({ DeliveryStreamName: endpoints.deliveryStream, Record }));
  client.destroy();
}
