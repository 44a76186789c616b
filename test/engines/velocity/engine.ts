import { join } from 'node:path';
import { mavenDependencies, requireProgram } from '../fetch/clients.ts';
import type { Engine } from '../fetch/engine.ts';
import { runCommand } from '../fetch/run-command.ts';

const here = import.meta.dirname;
const pom = join(here, 'pom.xml');

/** The template engine of API Gateway, with a small program around it that knows the gateway's variables. */
export const velocity: Engine = {
  name: 'Apache Velocity',
  version: '2.4.1',
  folder: 'velocity',
  source: 'Maven Central (org.apache.velocity:velocity-engine-core)',
  definedBy: [pom],
  async fetch(directory) {
    await requireProgram('javac', ['-version'], 'Apache Velocity');
    await mavenDependencies(pom, join(directory, 'lib'));
  },
};

/** Compiles the program beside this file into `classes` and returns the class path that runs it. */
export async function compileRenderer(directory: string, classes: string): Promise<string> {
  const libraries = join(directory, 'lib', '*');
  await runCommand('javac', ['-cp', libraries, '-d', classes, join(here, 'RenderTemplates.java')]);
  return `${classes}:${libraries}`;
}
