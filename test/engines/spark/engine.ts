import { join } from 'node:path';
import { mavenDependencies, pythonEnvironment, requireProgram } from '../fetch/clients.ts';
import type { Engine } from '../fetch/engine.ts';

/** The Spark of Glue 5.1. */
const version = '3.5.6';
const pom = join(import.meta.dirname, 'pom.xml');

/**
 * A Spark as pip installs it, with the S3 file system of the Hadoop that it carries (3.3.4), Iceberg in the version of
 * Glue 5.1, and AWS's SDK for Python.
 */
export const spark: Engine = {
  name: 'Apache Spark',
  version,
  folder: 'spark',
  source: 'the Python package index (pyspark) and Maven Central (org.apache.hadoop:hadoop-aws, org.apache.iceberg)',
  definedBy: [pom, import.meta.filename],
  async fetch(directory) {
    await requireProgram('java', ['-version'], 'Spark');
    await pythonEnvironment(join(directory, 'venv'), [`pyspark==${version}`, 'boto3==1.44.5']);
    await mavenDependencies(pom, join(directory, 'jars'));
  },
};
