import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fetchedEngine } from '../fetch/engine-directory.ts';
import { spark } from './engine.ts';

const scripts = join(import.meta.dirname, '../../../glue-scripts');

/** The S3 and Glue that a Spark works against, and as whom. */
export interface SparkTarget {
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** How to start a Python that has pyspark, the S3 file system and the stand-in for Glue's library. */
export interface SparkProgram {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Writes the settings of a small Spark whose `s3://` is the target's into a folder; `more` adds to them. */
export async function sparkProgram(
  folder: string,
  target: SparkTarget,
  more: Readonly<Record<string, string>> = {},
): Promise<SparkProgram> {
  const engine = fetchedEngine(spark);
  const conf = join(folder, 'conf');
  await mkdir(conf, { recursive: true });
  const lines = Object.entries({ ...settings(folder, engine, target), ...more }).map(
    (setting) => `${setting.join(' ')}\n`,
  );
  await writeFile(join(conf, 'spark-defaults.conf'), lines);
  await writeFile(join(conf, 'log4j2.properties'), 'rootLogger.level = error\n');
  return {
    python: join(engine, 'venv/bin/python'),
    env: {
      ...process.env,
      SPARK_CONF_DIR: conf,
      SPARK_LOCAL_IP: '127.0.0.1',
      PYSPARK_PYTHON: join(engine, 'venv/bin/python'),
      // Spark's workers import scripts too.
      PYTHONPATH: [join(import.meta.dirname, 'python'), join(scripts, 'modules'), scripts].join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
      GLUE_SCRIPTS: scripts,
      AWS_ENDPOINT_URL: target.url,
      AWS_REGION: target.region,
      AWS_DEFAULT_REGION: target.region,
      AWS_ACCESS_KEY_ID: target.accessKeyId,
      AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_MAX_ATTEMPTS: '1',
    },
  };
}

/**
 * Of a JVM that runs many small jobs: what a longer compilation would save, or a check of Spark's own classes find, is never
 * earned back.
 */
const forShortRuns =
  '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote';

/** Has Spark compile classes for its queries, as it does where nothing is set. */
export const compiled: Readonly<Record<string, string>> = {
  'spark.sql.codegen.wholeStage': 'true',
  'spark.sql.codegen.factoryMode': 'FALLBACK',
  // The next run needs the classes that this one compiled.
  'spark.sql.codegen.cache.maxEntries': '5000',
};

function settings(folder: string, engine: string, target: SparkTarget): Record<string, string> {
  return {
    'spark.master': 'local[2]',
    'spark.driver.memory': '1g',
    'spark.driver.extraJavaOptions': `-Djava.io.tmpdir=${tmpdir()} ${forShortRuns}`,
    // Nor would the classes be that Spark writes and compiles for each query; see `compiled`.
    'spark.sql.codegen.wholeStage': 'false',
    'spark.sql.codegen.factoryMode': 'NO_CODEGEN',
    'spark.driver.extraClassPath': join(engine, 'jars/*'),
    'spark.local.dir': join(folder, 'spill'),
    'spark.sql.warehouse.dir': join(folder, 'warehouse'),
    'spark.sql.shuffle.partitions': '2',
    'spark.ui.enabled': 'false',
    'spark.ui.showConsoleProgress': 'false',
    'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
    'spark.hadoop.fs.s3a.endpoint': target.url,
    'spark.hadoop.fs.s3a.endpoint.region': target.region,
    'spark.hadoop.fs.s3a.path.style.access': 'true',
    'spark.hadoop.fs.s3a.connection.ssl.enabled': 'false',
    'spark.hadoop.fs.s3a.access.key': target.accessKeyId,
    'spark.hadoop.fs.s3a.secret.key': target.secretAccessKey,
    'spark.hadoop.fs.s3a.buffer.dir': join(folder, 'uploads'),
    'spark.hadoop.fs.s3a.attempts.maximum': '2',
    // Or each put would delete the markers of all folders above it.
    'spark.hadoop.fs.s3a.directory.marker.retention': 'keep',
  };
}
