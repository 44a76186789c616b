import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Faults } from '../faults.ts';
import type { Catalog, Clock, ObjectStore } from '../runtime.ts';
import { readCheckpoint, writeCheckpoint, type Checkpoint, type PlannedObject } from './checkpoint.ts';
import type { CountDelivery } from './delivery-metrics.ts';
import { conversionFailedLine } from './error-lines.ts';
import type { ParquetConverter } from './parquet-conversion.ts';
import { evaluatePrefix, objectName, type ErrorOutputType } from './prefixes.ts';
import type { ConversionSettings, S3Settings } from './settings.ts';
import type { Spool } from './spool.ts';

export interface LakeWriterOptions {
  readonly streamName: string;
  readonly accountId: string;
  readonly region: string;
  readonly settings: S3Settings;
  /** Undefined: records are delivered as they are. */
  readonly conversion: ConversionSettings | undefined;
  readonly fileExtension: string;
  readonly checkpointPath: string;
  readonly objects: Pick<ObjectStore, 'putFile' | 'head'>;
  readonly catalog: Pick<Catalog, 'table'>;
  readonly converter: ParquetConverter;
  readonly clock: Clock;
  /** Counts what reaches the lake; the backup's writer has none. */
  readonly count?: CountDelivery;
  readonly faults?: Faults;
}

interface FinishedFile extends PlannedObject {
  readonly path: string;
  isPut: boolean;
}

/** Makes a delivery buffer into objects of the lake. */
export interface LakeWriter {
  /** Puts the buffer's objects and moves the checkpoint on; a repeated call goes on where the last one failed. */
  deliver(spool: Spool): Promise<void>;
  /** How far this has got, a delivery that was cut off after its last object included; `first` at the first start. */
  recover(first: number): Promise<number>;
}

export function createLakeWriter(options: LakeWriterOptions): LakeWriter {
  const { settings, objects, checkpointPath, count } = options;
  const finished = new WeakMap<Spool, readonly FinishedFile[]>();

  function plan(path: string, oldestArrival: number, errorOutputType?: ErrorOutputType): FinishedFile {
    const prefix = errorOutputType === undefined ? settings.prefix : (settings.errorPrefix ?? settings.prefix);
    const folder = evaluatePrefix(prefix, { oldestArrival, errorOutputType });
    const extension = errorOutputType === undefined ? options.fileExtension : '';
    const name = objectName(options.streamName, oldestArrival, randomUUID(), extension);
    return { path, bucket: settings.bucket, key: `${folder}${name}`, isPut: false };
  }

  async function finishRecords(spool: Spool): Promise<FinishedFile[]> {
    if (spool.recordBytes === 0) return [];
    if (options.conversion !== undefined) return convert(spool, options.conversion);
    const path = settings.compression === 'GZIP' ? await compress(spool.recordsPath) : spool.recordsPath;
    return [plan(path, spool.oldestRecord)];
  }

  async function convert(spool: Spool, conversion: ConversionSettings): Promise<FinishedFile[]> {
    const { database, table } = conversion;
    const columns = options.catalog.table(database, table)?.StorageDescriptor?.Columns;
    if (columns === undefined) throw new Error(`the Glue table ${database}.${table} does not exist`);
    const outputPath = `${spool.recordsPath}.parquet`;
    const failedPath = `${spool.recordsPath}.unconverted`;
    await rm(failedPath, { force: true });
    let oldestFailure = Infinity;
    let failures = 0;
    options.faults?.beforeWrite?.('parquet', outputPath);
    const { rows } = await options.converter.convert({
      spool,
      columns,
      settings: conversion,
      outputPath,
      async reject(record) {
        oldestFailure = Math.min(oldestFailure, record.arrival);
        failures += 1;
        await appendFile(failedPath, conversionFailedLine(record, catalogTable(conversion)));
      },
    });
    count?.('SucceedConversion.Records', rows);
    count?.('FailedConversion.Records', failures);
    const files = rows > 0 ? [plan(outputPath, spool.oldestRecord)] : [];
    return oldestFailure === Infinity ? files : [...files, plan(failedPath, oldestFailure, 'format-conversion-failed')];
  }

  function catalogTable({ database, table }: ConversionSettings) {
    const { accountId, region } = options;
    return { catalogId: accountId, databaseName: database, tableName: table, region, versionId: 'LATEST' };
  }

  async function finish(spool: Spool): Promise<readonly FinishedFile[]> {
    const files = await finishRecords(spool);
    if (spool.errorBytes > 0) files.push(plan(spool.errorsPath, spool.oldestError, 'processing-failed'));
    const planned = files.map(({ bucket, key }) => ({ bucket, key }));
    const delivered = (await readCheckpoint(checkpointPath))?.delivered ?? 0;
    if (planned.length > 0) {
      await writeCheckpoint(checkpointPath, { delivered, intent: { end: spool.end, objects: planned } });
    }
    return files;
  }

  async function put(file: FinishedFile): Promise<void> {
    let isPut = 0;
    try {
      const options = { contentType: 'application/octet-stream' };
      const { size } = await objects.putFile(file.bucket, file.key, file.path, options);
      file.isPut = true;
      isPut = 1;
      count?.('DeliveryToS3.Bytes', size, 'Bytes');
    } finally {
      count?.('DeliveryToS3.Success', isPut);
    }
  }

  return {
    async deliver(spool) {
      const files = finished.get(spool) ?? (await finish(spool));
      finished.set(spool, files);
      for (const file of files.filter(({ isPut }) => !isPut)) {
        options.faults?.beforeWrite?.('object', file.key);
        await put(file);
      }
      await writeCheckpoint(checkpointPath, { delivered: spool.end });
      // As Firehose does, which says nothing while nothing can be delivered.
      const oldest = Math.min(spool.oldestRecord, spool.oldestError);
      const age = Math.max(0, options.clock() - oldest) / 1000;
      if (Number.isFinite(age)) count?.('DeliveryToS3.DataFreshness', age, 'Seconds');
    },
    async recover(first) {
      const checkpoint = (await readCheckpoint(checkpointPath)) ?? { delivered: first };
      const delivered = (await isDone(checkpoint)) ? checkpoint.intent!.end : checkpoint.delivered;
      await writeCheckpoint(checkpointPath, { delivered });
      return delivered;
    },
  };

  async function isDone({ intent }: Checkpoint): Promise<boolean> {
    if (intent === undefined) return false;
    const heads = await Promise.all(intent.objects.map(({ bucket, key }) => objects.head(bucket, key)));
    return !heads.includes(undefined);
  }
}

async function compress(path: string): Promise<string> {
  const output = `${path}.gz`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(output));
  if ((await stat(output)).size === 0) throw new Error(`${path} could not be compressed`);
  return output;
}
