import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDeliveryStreams } from '../../local/delivery-streams.ts';
import { createObjectStore, type LocalObjectStore } from '../../local/object-store.ts';
import type { DeliveryStreamQuota, DeliveryStreams, GlueTable, InvokeResult } from '../../local/runtime.ts';
import { aDataDir } from '../support/a-data-dir.ts';
import { aLog, type RecordedLog } from '../support/a-log.ts';

interface LambdaRecord {
  readonly recordId: string;
  readonly approximateArrivalTimestamp: number;
  readonly data: string;
}
interface LambdaEvent {
  readonly deliveryStreamArn: string;
  readonly records: readonly LambdaRecord[];
}

const name = 'events';
const root = aDataDir();
const startOfTest = Date.UTC(2026, 0, 2, 23, 59, 50);
let number = 0;
let dataDir = '';
let now = startOfTest;
let objects: LocalObjectStore;
let streams: DeliveryStreams;
let log: RecordedLog;
let invocations: LambdaEvent[] = [];
/** The transform; each test may set its own. */
let transform: (event: LambdaEvent) => InvokeResult | Promise<InvokeResult>;

const ok = (records: unknown): InvokeResult => ({ ok: true, payload: { records } });
const passOn = (event: LambdaEvent) =>
  ok(event.records.map(({ recordId, data }) => ({ recordId, result: 'Ok', data })));

const table: GlueTable = {
  DatabaseName: 'playlake',
  Name: 'raw_events',
  StorageDescriptor: {
    Columns: [
      { Name: 'event_id', Type: 'string' },
      { Name: 'level', Type: 'bigint' },
      { Name: 'score', Type: 'double' },
      { Name: 'event_at', Type: 'timestamp' },
      { Name: 'original', Type: 'array<string>' },
    ],
  },
};

const lambdaParameters = {
  LambdaArn: 'arn:transform:$LATEST',
  NumberOfRetries: '2',
  BufferSizeInMBs: '0.2',
  BufferIntervalInSeconds: '60',
};

function aDestination(changes: Record<string, unknown> = {}) {
  return {
    BucketARN: 'arn:aws:s3:::lake',
    Prefix: 'raw/ingest_date=!{timestamp:yyyy-MM-dd}/',
    ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/ingest_date=!{timestamp:yyyy-MM-dd}/',
    BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 128 },
    ProcessingConfiguration: {
      Enabled: true,
      Processors: [
        {
          Type: 'Lambda',
          Parameters: Object.entries(lambdaParameters).map(([ParameterName, ParameterValue]) => ({
            ParameterName,
            ParameterValue,
          })),
        },
      ],
    },
    DataFormatConversionConfiguration: {
      Enabled: true,
      InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
      OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
      SchemaConfiguration: { DatabaseName: 'playlake', TableName: 'raw_events' },
    },
    ...changes,
  };
}
/** Delivers records as they are put. */
const plain = (changes: Record<string, unknown> = {}) =>
  aDestination({ ProcessingConfiguration: undefined, DataFormatConversionConfiguration: undefined, ...changes });

interface StartOptions {
  readonly flushSeconds?: number;
  readonly quota?: DeliveryStreamQuota;
  readonly deliver?: boolean;
}

async function start(destination = aDestination(), { flushSeconds, quota, deliver = true }: StartOptions = {}) {
  objects = createObjectStore({ root: dataDir, clock: () => now });
  await objects.createBucket('lake');
  streams = createDeliveryStreams({
    dataDir,
    flushSeconds,
    objects,
    catalog: { table: () => table },
    kinesis: {
      open: () => Promise.reject(new Error('no Kinesis stream belongs to this test')),
    },
    functions: {
      async invoke(arn, payload) {
        expect(arn).toBe('arn:transform');
        invocations.push(payload as LambdaEvent);
        return transform(payload as LambdaEvent);
      },
      has: (arn) => arn === 'arn:transform',
    },
    credentials: { isAllowed: () => true, explain: () => '' },
    clock: () => now,
    log,
    region: 'eu-central-1',
    accountId: '000000000000',
    quota,
  });
  const stream = await streams.define({
    name,
    arn: 'arn:aws:firehose:eu-central-1:000000000000:deliverystream/events',
    properties: { DeliveryStreamType: 'DirectPut', ExtendedS3DestinationConfiguration: destination },
  });
  if (deliver) stream.start();
}

beforeEach(() => {
  dataDir = join(root, String(number++));
  now = startOfTest;
  invocations = [];
  transform = passOn;
  log = aLog();
});
afterEach(() => streams.stop());

const put = (value: unknown) =>
  streams.putRecord(name, Buffer.isBuffer(value) ? value : Buffer.from(`${JSON.stringify(value)}\n`));

async function keys(prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for await (const key of objects.keys('lake', { prefix })) found.push(key);
  return found;
}
const pathOf = (key: string) => join(objects.bucketPath('lake'), key);
/** Leaves a journal with one record under another name. */
async function replaceStream() {
  await start(plain(), { deliver: false });
  await put({ event_id: 'a' });
  await streams.stop();
  renameSync(join(dataDir, 'firehose', name), join(dataDir, 'firehose', 'earlier'));
}
const rawTexts = async () => (await keys('raw/')).map((key) => readFileSync(pathOf(key), 'utf8'));
async function rows(): Promise<Record<string, unknown>[]> {
  const files = (await keys('raw/')).map((key) => asyncBufferFromFile(pathOf(key)));
  const parts = await Promise.all(files.map(async (file) => parquetReadObjects({ file: await file, compressors })));
  return parts.flat();
}
async function errorLines(kind: string): Promise<Record<string, unknown>[]> {
  const found = await keys(`errors/${kind}/`);
  return found.flatMap((key) =>
    readFileSync(pathOf(key), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );
}
/** Long enough for the stream to look at the clock, which it does ten times a second. */
const pollsOfTheClock = () => sleep(250);
/** The transform has answered, and the delivery buffer counts its seconds from the clock's present time. */
async function deliveryBufferOpened() {
  await expect.poll(() => readdirSync(dataDir, { recursive: true }).map(String).filter(isBuffer)).toHaveLength(1);
}
const isBuffer = (file: string) => file.endsWith('.records');
const text = (base64: unknown) => Buffer.from(String(base64), 'base64').toString();

/** The data directory as `kill -9` would leave it. */
async function crash() {
  const copy = `${dataDir}-crashed`;
  cpSync(dataDir, copy, { recursive: true });
  await streams.stop();
  dataDir = copy;
}

const bytes = (count: number) => Buffer.alloc(count, 'x');
const putBatch = (count: number, size: number) =>
  streams.putRecordBatch(
    name,
    Array.from({ length: count }, () => bytes(size)),
  );

describe('delivery stream', () => {
  it('delivers what the transform returns as Parquet, by the columns of the table', async () => {
    await start();
    transform = (event) => {
      const line =
        '{"event_id":"a","level":3,"score":1.5,"event_at":"2026-01-02 03:04:05.678","original":["{\\"x\\":1}"],"other":true}\n';
      const data = Buffer.from(line + '{"event_id":"b"}\n').toString('base64');
      return ok(event.records.map(({ recordId }) => ({ recordId, result: 'Ok', data })));
    };
    await put({ any: 'thing' });
    await streams.flush();

    const [key, ...others] = await keys();
    expect(others).toEqual([]);
    expect(key).toMatch(/^raw\/ingest_date=2026-01-02\/events-1-2026-01-02-23-59-50-[0-9a-f-]{36}\.parquet$/);
    expect(await rows()).toEqual([
      { event_id: 'a', level: 3n, score: 1.5, event_at: new Date('2026-01-02T03:04:05.678Z'), original: ['{"x":1}'] },
      { event_id: 'b', level: null, score: null, event_at: null, original: undefined },
    ]);
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(pathOf(key!)));
    const eventAt = parquetSchema(metadata).children.find(({ element }) => element.name === 'event_at');
    expect(eventAt?.element).toMatchObject({
      type: 'INT64',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    });
    expect(metadata.row_groups[0]?.columns[0]?.meta_data?.codec).toBe('SNAPPY');
    expect(invocations).toEqual([
      {
        invocationId: expect.any(String),
        deliveryStreamArn: 'arn:aws:firehose:eu-central-1:000000000000:deliverystream/events',
        region: 'eu-central-1',
        records: [
          {
            recordId: expect.any(String),
            approximateArrivalTimestamp: startOfTest,
            data: Buffer.from('{"any":"thing"}\n').toString('base64'),
          },
        ],
      },
    ]);
  });

  it('waits for the intervals of the template', async () => {
    await start();
    await put({ event_id: 'a' });
    now += 59_000;
    await pollsOfTheClock();
    expect(invocations).toHaveLength(0);
    now += 1000;
    await deliveryBufferOpened();
    now += 299_000;
    await pollsOfTheClock();
    expect(await keys()).toEqual([]);
    now += 1000;
    await expect.poll(() => keys()).toHaveLength(1);
  });

  it('lets nothing wait for a clock that is put back', async () => {
    await start();
    await put({ event_id: 'a' });
    now -= 3_600_000;
    await expect.poll(() => invocations).toHaveLength(1);
    await deliveryBufferOpened();
    now -= 3_600_000;
    await expect.poll(() => keys()).toHaveLength(1);
  });

  it('takes flush seconds in place of both intervals', async () => {
    await start(aDestination(), { flushSeconds: 2 });
    await put({ event_id: 'a' });
    now += 2000;
    await deliveryBufferOpened();
    now += 2000;
    await expect.poll(() => keys()).toHaveLength(1);
  });

  it('cuts batches at the size of the buffer and keeps the order of the rows', async () => {
    await start();
    const filler = 'x'.repeat(50_000);
    for (let i = 0; i < 10; i++) await put({ event_id: String(i), filler });
    // 0.2 MiB hold four records; two batches are full, the rest waits.
    await expect.poll(() => invocations.map(({ records }) => records.length)).toEqual([4, 4]);
    await streams.flush();
    expect(invocations.map(({ records }) => records.length)).toEqual([4, 4, 2]);
    expect((await rows()).map((row) => row.event_id)).toEqual([...'0123456789']);
  });

  it('keeps an invocation under 6 MB however small the records are', async () => {
    const largeBuffer = aDestination();
    largeBuffer.ProcessingConfiguration.Processors[0]!.Parameters[2]!.ParameterValue = '3';
    await start(largeBuffer, { deliver: true });
    const batch = Array.from({ length: 500 }, () => Buffer.from('{}'));
    await Promise.all(Array.from({ length: 72 }, () => streams.putRecordBatch(name, batch)));
    await streams.flush();
    expect(invocations.reduce((sum, { records }) => sum + records.length, 0)).toBe(36_000);
    expect(Math.max(...invocations.map((event) => JSON.stringify(event).length))).toBeLessThan(6_291_556);
  });

  it('puts an object under the day of its oldest record, though others come after midnight', async () => {
    await start();
    await put({ event_id: 'before' });
    now += 20_000;
    await put({ event_id: 'after' });
    await streams.flush();
    expect(await keys()).toEqual([expect.stringMatching(/^raw\/ingest_date=2026-01-02\/events-1-2026-01-02-23-59-50/)]);
    expect(await rows()).toHaveLength(2);
  });

  describe('when the transform fails', () => {
    it('keeps failed, missing, doubled and ill-formed records, each whole in an error object', async () => {
      await start();
      transform = ({ records }) => {
        const [fine, failed, , doubled, dropped, illFormed, empty] = records.map(({ recordId }) => recordId);
        const data = Buffer.from('{"event_id":"fine"}').toString('base64');
        return ok([
          { recordId: fine, result: 'Ok', data },
          { recordId: failed, result: 'ProcessingFailed', data },
          { recordId: doubled, result: 'Ok', data },
          { recordId: doubled, result: 'Ok', data },
          { recordId: dropped, result: 'Dropped' },
          { recordId: illFormed, result: 'Ok', data: 'not base64!' },
          { recordId: empty, result: 'Ok' },
        ]);
      };
      const sent = ['fine', 'failed', 'missing', 'doubled', 'dropped', 'ill-formed', 'empty'];
      for (const one of sent) await put(one);
      await streams.flush();

      expect(await rows()).toEqual([expect.objectContaining({ event_id: 'fine' })]);
      const lines = await errorLines('processing-failed');
      expect(lines.map(({ errorCode, rawData }) => [errorCode, JSON.parse(text(rawData))])).toEqual([
        ['Lambda.ProcessingFailedStatus', 'failed'],
        ['Lambda.MissingRecordId', 'missing'],
        ['Lambda.DuplicatedRecordId', 'doubled'],
        ['Lambda.InvalidReturnFormat', 'ill-formed'],
        ['Lambda.InvalidReturnFormat', 'empty'],
      ]);
      expect(lines[0]).toEqual({
        attemptsMade: 1,
        arrivalTimestamp: startOfTest,
        errorCode: 'Lambda.ProcessingFailedStatus',
        errorMessage: 'ProcessingFailed status set for record',
        attemptEndingTimestamp: startOfTest,
        rawData: Buffer.from('"failed"\n').toString('base64'),
        lambdaArn: 'arn:transform',
      });
      expect(await keys('errors/')).toEqual([
        expect.stringMatching(
          /^errors\/processing-failed\/ingest_date=2026-01-02\/events-1-2026-01-02-23-59-50-[0-9a-f-]{36}$/,
        ),
      ]);
    });

    it.each([
      [{ ok: false, reason: 'Unhandled', errorType: 'Error', errorMessage: 'no' }, 'Lambda.FunctionError', 3],
      [
        { ok: false, reason: 'TooLarge', errorType: 'Function.ResponseSizeTooLarge', errorMessage: 'no' },
        'Lambda.FunctionError',
        3,
      ],
      [
        { ok: false, reason: 'TimedOut', errorType: 'Sandbox.Timedout', errorMessage: 'no' },
        'Lambda.FunctionTimedOut',
        3,
      ],
      [{ ok: true, payload: null }, 'Lambda.InvalidReturnFormat', 1],
      [{ ok: true, payload: { records: 'none' } }, 'Lambda.InvalidReturnFormat', 1],
      [{ ok: true, payload: { records: [null] } }, 'Lambda.InvalidReturnFormat', 1],
    ] as [InvokeResult, string, number][])(
      'keeps the batch after answer %j',
      async (answer, errorCode, attemptsMade) => {
        await start();
        transform = () => answer;
        await put('first');
        await put('second');
        await streams.flush();

        expect(invocations).toHaveLength(attemptsMade);
        const lines = await errorLines('processing-failed');
        expect(lines.map((line) => JSON.parse(text(line.rawData)))).toEqual(['first', 'second']);
        expect(lines[1]).toMatchObject({ errorCode, attemptsMade });
        expect(await rows()).toEqual([]);
      },
    );

    it('tries a batch again before it gives up', async () => {
      await start();
      transform = (event) =>
        invocations.length < 3
          ? { ok: false, reason: 'Unhandled', errorType: 'Error', errorMessage: '' }
          : passOn(event);
      await put({ event_id: 'a' });
      await streams.flush();
      expect(invocations).toHaveLength(3);
      expect(await keys('errors/')).toEqual([]);
      expect(await rows()).toHaveLength(1);
    });
  });

  it('sends a record with one line that does not fit to format-conversion-failed, and converts the rest', async () => {
    await start();
    const good = '{"EVENT_ID":"A","Level":"7","score":2}{"event_id":5}';
    await put(Buffer.from('{"event_id":"a"}\n{"event_id":"b","level":"many"}\n'));
    await put(Buffer.from(good));
    await put(Buffer.from('not json'));
    await put({ event_id: 'c', event_at: 1_700_000_000.5 });
    await streams.flush();

    expect((await rows()).map(({ event_id, level, score }) => [event_id, level, score])).toEqual([
      ['A', 7n, 2],
      ['5', null, null],
      ['c', null, null],
    ]);
    expect((await rows())[2]?.event_at).toEqual(new Date(1_700_000_000_500));
    const lines = await errorLines('format-conversion-failed');
    expect(lines.map(({ lastErrorCode, rawData }) => [lastErrorCode, text(rawData)])).toEqual([
      ['DataFormatConversion.MalformedData', '{"event_id":"a"}\n{"event_id":"b","level":"many"}\n'],
      ['DataFormatConversion.ParseError', 'not json'],
    ]);
    expect(lines[0]).toMatchObject({
      attemptsMade: 1,
      arrivalTimestamp: startOfTest,
      dataCatalogTable: {
        catalogId: '000000000000',
        databaseName: 'playlake',
        tableName: 'raw_events',
        region: 'eu-central-1',
        versionId: 'LATEST',
      },
    });
  });

  it('delivers nothing when everything was dropped, and does not ask again', async () => {
    await start();
    transform = (event) => ok(event.records.map(({ recordId }) => ({ recordId, result: 'Dropped' })));
    await put('a');
    await streams.flush();
    await streams.stop();
    await start();
    await streams.flush();
    expect(await keys()).toEqual([]);
    expect(invocations).toHaveLength(1);
  });

  it('keeps a copy of every record as it came, when the template says so', async () => {
    await start(
      aDestination({
        S3BackupMode: 'Enabled',
        S3BackupConfiguration: {
          BucketARN: 'arn:aws:s3:::lake',
          Prefix: 'backup/!{timestamp:yyyy-MM-dd}/',
          ErrorOutputPrefix: 'b/!{firehose:error-output-type}/',
          CompressionFormat: 'GZIP',
        },
      }),
    );
    await put({ event_id: 'a' });
    await put({ event_id: 'b' });
    await streams.flush();
    const [key] = await keys('backup/');
    expect(key).toMatch(/^backup\/2026-01-02\/events-1-.*\.gz$/);
    expect(gunzipSync(readFileSync(pathOf(key!))).toString()).toBe('{"event_id":"a"}\n{"event_id":"b"}\n');
    expect(await rows()).toHaveLength(2);
  });

  it('delivers records untouched, one after the other, without transform and conversion', async () => {
    await start(plain());
    for (const one of ['a', 'b\n', 'c']) await put(Buffer.from(one));
    await streams.flush();
    expect(readFileSync(pathOf((await keys())[0]!), 'utf8')).toBe('ab\nc');
  });

  describe('after a crash', () => {
    it('delivers what had been acknowledged', async () => {
      await start(aDestination(), { deliver: false });
      for (let i = 0; i < 100; i++) await put({ event_id: String(i) });
      await crash();
      await start();
      await streams.flush();
      expect((await rows()).map((row) => row.event_id)).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
    });

    it('delivers once what lies in the lake already, though the checkpoint was not written', async () => {
      await start();
      await put({ event_id: 'a' });
      // The last step of a delivery is lost: only what was planned is known.
      const checkpoint = join(dataDir, 'firehose', name, 'delivered-records.json');
      await streams.flush();
      const [key] = await keys();
      await streams.putRecord(name, Buffer.from('{"event_id":"b"}'));
      await crash();
      writeFileSync(
        checkpoint.replace(`${number - 1}/`, `${number - 1}-crashed/`),
        JSON.stringify({ delivered: 0, intent: { end: 1, objects: [{ bucket: 'lake', key }] } }),
      );
      await start();
      await streams.flush();
      expect((await rows()).map((row) => row.event_id).toSorted()).toEqual(['a', 'b']);
    });

    it('delivers again when not all objects of a delivery were put', async () => {
      await start(aDestination(), { deliver: false });
      await put({ event_id: 'a' });
      await crash();
      const checkpoint = join(dataDir, 'firehose', name, 'delivered-records.json');
      writeFileSync(
        checkpoint,
        JSON.stringify({ delivered: 0, intent: { end: 1, objects: [{ bucket: 'lake', key: 'raw/not-there' }] } }),
      );
      await start();
      await streams.flush();
      expect(await rows()).toHaveLength(1);
    });
  });

  it('keeps records while the lake cannot be written, says so, and delivers them later', async () => {
    await start();
    const lake = objects.bucketPath('lake');
    renameSync(lake, `${lake}-away`);
    writeFileSync(lake, 'in the way');
    await put({ event_id: 'a' });
    await expect(streams.flush()).rejects.toThrow(/cannot be delivered/);
    expect(streams.problem()).toMatch(/^events: a buffer cannot be delivered/);

    rmSync(lake);
    renameSync(`${lake}-away`, lake);
    await streams.flush();
    expect(streams.problem()).toBeUndefined();
    expect(await rows()).toHaveLength(1);
  });

  it('knows that the lake cannot be written before any record comes', async () => {
    await start();
    const lake = objects.bucketPath('lake');
    renameSync(lake, `${lake}-away`);
    writeFileSync(lake, 'in the way');
    await expect.poll(() => streams.problem(), { timeout: 5000 }).toMatch(/lake is no folder/);
    rmSync(lake);
    renameSync(`${lake}-away`, lake);
    await expect.poll(() => streams.problem(), { timeout: 5000 }).toBeUndefined();
  });

  it('stops though the lake cannot be written, and delivers at the next start', async () => {
    await start();
    const lake = objects.bucketPath('lake');
    await put({ event_id: 'a' });
    renameSync(lake, `${lake}-away`);
    writeFileSync(lake, 'in the way');
    await streams.stop();
    expect(log.entries).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('stay in the journal') }),
    );

    rmSync(lake);
    renameSync(`${lake}-away`, lake);
    await start();
    await streams.flush();
    expect(await rows()).toHaveLength(1);
  });

  describe('a stream that the template has no more', () => {
    it('delivers what its journal holds as it was defined, takes nothing any more and is then forgotten', async () => {
      await replaceStream();
      await start();
      await expect(streams.putRecord('earlier', Buffer.from('{}'))).rejects.toThrow(/not found/);
      await streams.flush();
      expect(await rawTexts()).toEqual(['{"event_id":"a"}\n']);
      await expect.poll(() => readdirSync(join(dataDir, 'firehose'))).toEqual([name]);
    });

    it('leaves behind how far it has read its source, for the day when the template has it again', async () => {
      await replaceStream();
      const home = join(dataDir, 'firehose', 'earlier');
      writeFileSync(join(home, 'source.json'), '{}');
      await start();
      await streams.flush();
      await expect.poll(() => readdirSync(home)).toEqual(['source.json']);
      await streams.stop();
      await start();
      await streams.flush();
      expect(readdirSync(home)).toEqual(['source.json']);
      expect(log.entries.filter(({ level }) => level !== 'info')).toEqual([]);
    });

    it('keeps what it cannot deliver for the next start', async () => {
      await replaceStream();
      await start(aDestination(), { deliver: false });
      const lake = objects.bucketPath('lake');
      renameSync(lake, `${lake}-away`);
      writeFileSync(lake, 'in the way');
      await streams.stop();
      rmSync(lake);
      renameSync(`${lake}-away`, lake);
      await start();
      await streams.stop();
      await start();
      await streams.flush();
      expect(await rawTexts()).toHaveLength(1);
    });

    it('is named while nothing says what it was', async () => {
      await replaceStream();
      rmSync(join(dataDir, 'firehose', 'earlier', 'definition.json'));
      await start();
      await streams.stop();
      expect(log.entries).toContainEqual({
        level: 'warn',
        message: 'the journal of a stream that the template has no more is kept',
        fields: { name: 'earlier', segments: 1 },
      });
    });
  });

  it('stops with everything delivered and leaves no journal behind', async () => {
    await start();
    for (let i = 0; i < 10; i++) await put({ event_id: String(i) });
    await streams.stop();
    expect(await rows()).toHaveLength(10);
    const left = readdirSync(join(dataDir, 'firehose', name), { recursive: true }).map(String);
    expect(left.filter((path) => !path.startsWith('delivered-')).toSorted()).toEqual([
      'buffers-records',
      'definition.json',
      'journal',
    ]);
  });

  describe('intake', () => {
    it('takes a record of 1,024,000 bytes and refuses one byte more', async () => {
      await start(plain());
      await streams.putRecord(name, bytes(1_024_000));
      await expect(streams.putRecord(name, bytes(1_024_001))).rejects.toMatchObject({
        code: 'ValidationException',
        status: 400,
        message:
          "1 validation error detected: Value at 'record.data' failed to satisfy constraint: Member must have length less than or equal to 1024000",
      });
      await streams.flush();
      expect((await objects.head('lake', (await keys())[0]!))?.size).toBe(1_024_000);
    });

    it('holds a batch to 500 records and 4 MiB', async () => {
      await start(plain());
      expect(await putBatch(500, 10)).toHaveLength(500);
      await expect(putBatch(501, 10)).rejects.toMatchObject({ code: 'ValidationException' });
      await expect(putBatch(0, 0)).rejects.toMatchObject({ code: 'ValidationException' });
      await expect(putBatch(2, 1_024_001)).rejects.toMatchObject({ code: 'ValidationException' });
      expect(await putBatch(4, 1_024_000)).toHaveLength(4);
      await expect(putBatch(5, 900_000)).rejects.toMatchObject({ code: 'InvalidArgumentException' });
    });

    it('does not know other streams', async () => {
      await start(plain());
      await expect(streams.putRecord('other', bytes(1))).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
      expect(() => streams.describe('other')).toThrow(/not found/);
      expect(streams.names()).toEqual([name]);
    });

    it('throttles by its quota, record by record in a batch', async () => {
      await start(plain(), { quota: { recordsPerSecond: 3, requestsPerSecond: 4 } });
      await streams.putRecord(name, bytes(1));
      const outcomes = await streams.putRecordBatch(name, [bytes(1), bytes(1), bytes(1), bytes(1)]);
      expect(outcomes.map((outcome) => ('errorCode' in outcome ? outcome.errorCode : 'taken'))).toEqual([
        'taken',
        'taken',
        'ServiceUnavailableException',
        'ServiceUnavailableException',
      ]);
      await expect(streams.putRecord(name, bytes(1))).rejects.toMatchObject({
        code: 'ServiceUnavailableException',
        status: 503,
      });
      now += 1000;
      await streams.putRecord(name, bytes(1));
      await streams.flush();
      expect((await objects.head('lake', (await keys())[0]!))?.size).toBe(4);
    });
  });

  it.each([
    [
      'a Kinesis source without its stream',
      { DeliveryStreamType: 'KinesisStreamAsSource', ExtendedS3DestinationConfiguration: plain() },
      /KinesisStreamSourceConfiguration/,
    ],
    [
      'a Kinesis source with encryption of its own',
      {
        DeliveryStreamType: 'KinesisStreamAsSource',
        KinesisStreamSourceConfiguration: { KinesisStreamARN: 'arn', RoleARN: 'arn' },
        DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
        ExtendedS3DestinationConfiguration: plain(),
      },
      /encrypt/,
    ],
    [
      'dynamic partitioning',
      { ExtendedS3DestinationConfiguration: plain({ DynamicPartitioningConfiguration: { Enabled: true } }) },
      /DynamicPartitioning/,
    ],
    [
      'an unknown processor',
      {
        ExtendedS3DestinationConfiguration: plain({
          ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'MetadataExtraction' }] },
        }),
      },
      /Processors/,
    ],
    [
      'a small buffer with conversion',
      { ExtendedS3DestinationConfiguration: aDestination({ BufferingHints: { SizeInMBs: 5 } }) },
      /at least 64/,
    ],
  ])('refuses %s by name', async (_, properties, message) => {
    await start(plain());
    await expect(streams.define({ name: 'other', arn: 'arn', properties })).rejects.toThrow(message);
  });
});
