import { S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { undeliveredEvents } from '../../../cli/export/undelivered-events.ts';
import { s3Protocol } from '../../../local/aws-api/s3.ts';
import { createObjectStore } from '../../../local/object-store.ts';
import { aDataDir } from '../../support/a-data-dir.ts';
import { anAwsEndpoint } from '../../support/an-aws-endpoint.ts';
import { anEvent } from '../../support/an-event.ts';
import { packed } from '../../support/firehose-batch.ts';

const receivedAt = Date.UTC(2026, 2, 10, 12);
const received_at = '2026-03-10T12:00:00.000Z';

const of = (player_id: string) => anEvent({ player_id });

const error = (data: string, errorCode = 'Lambda.FunctionError') =>
  JSON.stringify({ errorCode, arrivalTimestamp: receivedAt, rawData: Buffer.from(data).toString('base64') });

test('finds what one player sent in every kind of undelivered record, and nothing of others', async () => {
  const objects = createObjectStore({ root: aDataDir(), clock: Date.now });
  await objects.createBucket('lake');
  const endpoint = await anAwsEndpoint(s3Protocol(objects, { region: 'eu-central-1', clock: Date.now }));
  const s3 = new S3Client(endpoint.clientConfig);
  onTestFinished(async () => {
    s3.destroy();
    await endpoint.close();
  });
  const mine = [of('bea'), of('bea'), of('bea')];
  const request = packed([mine[0], of('ada')], { received_at: receivedAt, application_id: 'game-a' });
  const broken = '{"player_id": "b\\u0065a", "event_data":';
  const records = [
    error(request),
    error(`${JSON.stringify(mine[1])}\n${JSON.stringify(of('ada'))}`),
    error('{"player_id":"ada","event_id":'),
    error(`${JSON.stringify(of('ada'))}\n${broken}`, 'Lambda.ProcessingFailedStatus'),
  ];
  await objects.put('lake', 'firehose-errors/processing-failed/a', Buffer.from(records.join('\n')));
  const row = {
    received_at: received_at.replace('T', ' ').replace('Z', ''),
    application_id: 'game-a',
    event_id: 'e',
    event_type: 'named',
    player_id: 'bea',
    event_data: '{"name":"enc:v1:x","level":1}',
    metadata: '{"role":"game","position":0,"request_id":"r"}',
  };
  const sealed = { ...row, original: ['enc:v1:1', 'enc:v1:2'], event_data: undefined };
  const rows = [row, { ...row, player_id: 'ada' }, sealed, { ...sealed, player_id: 'ada' }];
  const failed = rows.map((one) => error(JSON.stringify(one), 'DataFormatConversion.ParseError'));
  await objects.put('lake', 'firehose-errors/format-conversion-failed/b', Buffer.from(failed.join('\n')));

  const decryption = {
    hasKey: true,
    field: (name: string, text: string) => (text === 'enc:v1:x' ? `the ${name}` : text),
    original: async (pieces: readonly string[]) => `opened ${pieces.length}`,
  };
  const found: object[] = [];
  for await (const one of undeliveredEvents({ s3, bucket: 'lake' }, 'bea', decryption)) found.push(one);
  expect(found).toEqual([
    {
      source: 'format-conversion-failed',
      reason: 'DataFormatConversion.ParseError',
      received_at,
      application_id: 'game-a',
      original: expect.stringMatching(/"player_id":"bea","event_data":\{"name":"the name","level":1\}\}$/),
    },
    expect.objectContaining({ source: 'format-conversion-failed', original: 'opened 2' }),
    {
      source: 'processing-failed',
      reason: 'Lambda.FunctionError',
      received_at,
      application_id: 'game-a',
      original: JSON.stringify(mine[0]),
    },
    expect.objectContaining({ application_id: null, original: JSON.stringify(mine[1]) }),
    {
      source: 'processing-failed',
      reason: 'Lambda.ProcessingFailedStatus',
      received_at,
      application_id: null,
      original: broken,
    },
  ]);
});
