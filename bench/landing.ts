import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { rawEventColumns } from '../lib/schemas/raw-events.ts';
import type { Bench, BenchOptions, Figure } from './figure.ts';
import { interleave, ratios } from './interleave.ts';
import { answering, answersOf } from './landing/answered.ts';
import { land, type Landed } from './landing/land.ts';
import { packedRecords } from './landing/packed-records.ts';
import { knownApplication, transformFunction } from './landing/transform-function.ts';
import { spreadOf } from './spread-of.ts';

/** Two buffers of the template, so that one is delivered while the next fills. */
const records = 2_400;
/** More than one buffer: what the transform works on in each round. */
const recordsTransformed = 1_400;
const eventsPerRecord = 100;
const eventBytes = 600;

/** From the journal to committed Parquet, beside DuckDB alone on the same rows. */
export const landing: Bench = {
  name: 'landing',
  shows: 'rows of 600-byte events into committed Parquet, against DuckDB converting the same NDJSON file to a file',
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-landing-'));
    const transform = await transformFunction();
    const database = await DuckDBInstance.create(':memory:');
    const connection = await database.connect();
    try {
      await connection.run("SET TimeZone = 'UTC'");
      return await measure({ ...options, folder, connection, functions: transform.functions });
    } finally {
      connection.closeSync();
      database.closeSync();
      await transform.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Parts extends BenchOptions {
  readonly folder: string;
  readonly connection: DuckDBConnection;
  readonly functions: Awaited<ReturnType<typeof transformFunction>>['functions'];
}

async function measure({ rounds, print, folder, connection, functions }: Parts): Promise<readonly Figure[]> {
  const packed = packedRecords({ records, eventsPerRecord, eventBytes, applicationId: knownApplication });
  const answers = await answersOf(functions, packed);
  const lines = join(folder, 'rows.ndjson');
  const direct = join(folder, 'direct.parquet');
  async function expectedOf(count: number): Promise<Contents> {
    writeFileSync(lines, Buffer.concat(answers.slice(0, count).map((data) => Buffer.from(data, 'base64'))));
    await convert(connection, lines, direct);
    return contents(connection, [direct]);
  }
  const ofTransformed = await expectedOf(recordsTransformed);
  const expected = await expectedOf(records);
  print(`${expected.rows} rows, ${expected.rejected} of them rejected`);

  const checkAgainst =
    (wanted: Contents) =>
    async ({ seconds, files }: Landed): Promise<number> => {
      const found = await contents(connection, files);
      if (JSON.stringify(found) !== JSON.stringify(wanted)) {
        throw new Error(`what landed is ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`);
      }
      return found.rows / seconds;
    };
  let round = 0;
  const lake = () => join(folder, `lake-${(round += 1)}`);
  const found = await interleave(rounds, {
    duckdb: async () => expected.rows / (await convert(connection, lines, direct)),
    converted: () => land(lake(), packed, answering(answers), checkAgainst(expected)),
    whole: () => land(lake(), packed.slice(0, recordsTransformed), functions, checkAgainst(ofTransformed)),
  });
  const figure = (name: string, unit: Figure['unit'], values: readonly number[], promised?: number): Figure => ({
    name: `landing: ${name}`,
    unit,
    better: 'higher',
    values: spreadOf(values),
    rounds,
    ...(promised !== undefined && { promised }),
  });
  return [
    figure("from the transform's output, of DuckDB alone", 'ratio', ratios(found.converted, found.duckdb), 0.5),
    figure('from the journal, of DuckDB alone', 'ratio', ratios(found.whole, found.duckdb), 0.2),
    figure('DuckDB alone', 'rows/s', found.duckdb),
    figure("from the transform's output", 'rows/s', found.converted),
    figure('from the journal, the transform included', 'rows/s', found.whole),
  ];
}

const duckDbTypes = {
  string: 'VARCHAR',
  double: 'DOUBLE',
  timestamp: 'TIMESTAMPTZ',
  'array<string>': 'VARCHAR[]',
} as const;

const columns = rawEventColumns.map(({ name, type }) => `${name}: '${duckDbTypes[type]}'`).join(', ');

/** What DuckDB can do: all threads that it would take, no check, no flush to disk. Seconds. */
async function convert(connection: DuckDBConnection, lines: string, output: string): Promise<number> {
  const begun = performance.now();
  await connection.run(
    `COPY (FROM read_json('${lines}', format = 'newline_delimited', columns = {${columns}}))
     TO '${output}' (FORMAT parquet, COMPRESSION snappy)`,
  );
  return (performance.now() - begun) / 1_000;
}

interface Contents {
  readonly rows: number;
  readonly rejected: number;
  readonly sums: string;
}

/** Rows and a sum of each column, but for the metadata, which says when a row was made. */
async function contents(connection: DuckDBConnection, files: readonly string[]): Promise<Contents> {
  const list = files.map((path) => `'${path}'`).join(', ');
  const compared = rawEventColumns.filter(({ name }) => name !== 'metadata');
  const sums = compared.map(({ name }) => `${name}: sum(hash(${name}))`);
  const reader = await connection.runAndReadAll(
    `SELECT count(*)::INTEGER AS rows, count_if(status = 'rejected')::INTEGER AS rejected,
       {${sums.join(', ')}}::JSON::VARCHAR AS sums
     FROM read_parquet([${list}])`,
  );
  const [row] = reader.getRowObjectsJson();
  return row as unknown as Contents;
}
