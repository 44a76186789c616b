import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mavenArtifact, mavenDependencies, requireProgram } from '../fetch/clients.ts';
import type { Engine } from '../fetch/engine.ts';
import { runCommand } from '../fetch/run-command.ts';

const here = import.meta.dirname;
const version = '435';
const pom = join(here, 'pom.xml');
const main = join(here, 'TrinoServer.java');

/**
 * A Trino server, put together from the artifacts of its release: the server's libraries and the Hive connector. The
 * 1 GB archive of the same release holds these and some sixty more connectors. 435 is the last that runs on Java 17.
 */
export const trino: Engine = {
  name: 'Trino',
  version,
  folder: 'trino',
  source: 'Maven Central (io.trino:trino-main, io.trino:trino-hive)',
  definedBy: [pom, main],
  async fetch(directory) {
    await requireProgram('javac', ['-version'], 'Trino');
    const libraries = join(directory, 'lib');
    await mavenDependencies(pom, libraries);
    await mavenArtifact(`io.trino:trino-hive:${version}:zip`, directory);

    const archive = join(directory, `trino-hive-${version}.zip`);
    const plugins = join(directory, 'plugin');
    await runCommand('jar', ['--extract', '--file', archive], { cwd: directory });
    await runCommand('mkdir', [plugins]);
    await rename(join(directory, `trino-hive-${version}`), join(plugins, 'hive'));
    await rm(archive);
    await runCommand('javac', ['-cp', join(libraries, '*'), '-d', join(directory, 'main'), main]);
  },
};
