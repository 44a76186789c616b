import { DuckDBInstance } from '@duckdb/node-api';
import { AwsError } from '../runtime.ts';
import type { Catalog, GlueColumn, GlueTable, LocalLog, ObjectStore } from '../runtime.ts';
import { classify } from './crawl/classify.ts';
import type { Classification } from './crawl/classify.ts';
import { findDataSets } from './crawl/data-sets.ts';
import type { DataSet, DataSetPartition } from './crawl/data-sets.ts';
import { tableInput } from './crawl/table-input.ts';
import type { CrawlerSettings } from './crawler-settings.ts';

export interface CrawlOptions {
  /** These two throw AwsError where the crawler's role may not do something. */
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  readonly log: LocalLog;
  readonly signal: AbortSignal;
}

/** What a crawl did: names of tables, and how many partitions it added. */
export interface CrawlSummary {
  readonly created: readonly string[];
  /** Tables that gained partitions. */
  readonly updated: readonly string[];
  readonly partitions: number;
}

/** Most files of a table that are looked into. */
const SAMPLE_FILES = 100;

/**
 * Makes a table of every data set that has none yet, and adds the partitions that are new. A table that is there keeps
 * its columns: what differs is logged. A table that no crawler made is left alone.
 */
export async function crawl(crawler: string, settings: CrawlerSettings, options: CrawlOptions): Promise<CrawlSummary> {
  const created: string[] = [];
  const updated: string[] = [];
  let partitions = 0;
  for (const dataSet of await findDataSets(settings, options.objects, options.log)) {
    options.signal.throwIfAborted();
    const result = await crawlDataSet(crawler, dataSet, settings, options);
    if (result.isNew) created.push(dataSet.table);
    else if (result.partitions > 0) updated.push(dataSet.table);
    partitions += result.partitions;
  }
  return { created, updated, partitions };
}

async function crawlDataSet(crawler: string, dataSet: DataSet, settings: CrawlerSettings, options: CrawlOptions) {
  const { catalog, log } = options;
  const nothing = { isNew: false, partitions: 0 };
  const present = catalog.table(settings.database, dataSet.table);
  if (present && present.Parameters?.['UPDATED_BY_CRAWLER'] !== crawler) {
    log.warn("a table is not the crawler's and stays as it is", { table: dataSet.table, folder: dataSet.folder });
    return nothing;
  }
  const added = newPartitions(dataSet, present, catalog);
  if (present && added.length === 0) return nothing;

  const looked = added.length > 0 ? added.flatMap(({ files }) => files) : dataSet.files;
  const paths = looked.map(({ key }) => options.objects.readablePath(dataSet.bucket, key));
  const classification = await inspect(paths.slice(0, SAMPLE_FILES));
  if (typeof classification === 'string') {
    log.warn('files could not be classified', { folder: dataSet.folder, reason: classification });
    return nothing;
  }
  const table = present ?? (await create(crawler, dataSet, classification, settings, options));
  if (present) logDifference(present, classification, log);
  if (added.length > 0) await addPartitions(table, added, settings, options);
  return { isNew: !present, partitions: added.length };
}

async function inspect(files: readonly string[]): Promise<Classification | string> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  const connection = await instance.connect();
  try {
    return await classify(files, connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function newPartitions(
  { partitionKeys, partitions, table }: DataSet,
  present: GlueTable | undefined,
  catalog: Catalog,
) {
  if (partitionKeys.length === 0) return [];
  if (!present) return partitions;
  const known = new Set(catalog.partitions(present.DatabaseName, table).map(({ Values }) => JSON.stringify(Values)));
  return partitions.filter(({ values }) => !known.has(JSON.stringify(values)));
}

async function create(
  crawler: string,
  dataSet: DataSet,
  classification: Classification,
  settings: CrawlerSettings,
  options: CrawlOptions,
): Promise<GlueTable> {
  const table = await options.catalog.createTable(settings.database, tableInput(crawler, dataSet, classification));
  options.log.info('the crawler made a table', { table: table.Name, folder: dataSet.folder });
  return table;
}

async function addPartitions(
  table: GlueTable,
  added: readonly DataSetPartition[],
  settings: CrawlerSettings,
  { catalog }: CrawlOptions,
): Promise<void> {
  if ((table.PartitionKeys ?? []).length !== added[0]?.values.length)
    throw new AwsError('InvalidInputException', `folders of ${table.Name} do not match its partition keys any more`);
  await catalog.putPartitions(
    settings.database,
    table.Name,
    added.map(({ values, location }) => ({
      Values: values,
      StorageDescriptor: { ...table.StorageDescriptor, Location: location },
      Parameters: table.Parameters,
    })),
  );
}

function logDifference(table: GlueTable, { columns }: Classification, log: LocalLog): void {
  const known = typesOf(table.StorageDescriptor?.Columns ?? []);
  const differing = [...typesOf(columns)].filter(([name, type]) => known.get(name) !== type);
  if (differing.length === 0) return;
  const found = differing.map(([name, type]) => `${name} ${type}`);
  log.warn('new files have other columns than their table, which stays as it is', { table: table.Name, found });
}

function typesOf(columns: readonly GlueColumn[]): ReadonlyMap<string, string> {
  return new Map(columns.map(({ Name, Type = 'string' }) => [Name, Type]));
}
