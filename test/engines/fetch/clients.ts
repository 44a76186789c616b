import { join } from 'node:path';
import { download } from './download.ts';
import { runCommand } from './run-command.ts';

/** Says in which program's absence a suite cannot run. */
export async function requireProgram(program: string, args: readonly string[], why: string): Promise<void> {
  try {
    await runCommand(program, args);
  } catch (error) {
    throw new Error(`${why} needs \`${program}\` in the PATH`, { cause: error });
  }
}

// -C: an artifact whose checksum does not match is refused. Both goals are the Maven client's own.
const maven = ['--batch-mode', '--no-transfer-progress', '--strict-checksums', '--quiet'];

/** Copies the runtime dependencies that a pom.xml lists, and theirs, into a folder. */
export async function mavenDependencies(pom: string, into: string): Promise<void> {
  await requireProgram('mvn', ['--version'], `fetching the dependencies of ${pom}`);
  await download(`the dependencies of ${pom}`, () =>
    runCommand('mvn', [
      ...maven,
      '--file',
      pom,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${into}`,
    ]),
  );
}

/** Copies one artifact, `group:artifact:version:packaging`, into a folder. */
export async function mavenArtifact(coordinates: string, into: string): Promise<void> {
  await requireProgram('mvn', ['--version'], `fetching ${coordinates}`);
  await download(coordinates, () =>
    runCommand('mvn', [...maven, 'dependency:copy', `-Dartifact=${coordinates}`, `-DoutputDirectory=${into}`]),
  );
}

/** Makes a virtual environment with these packages and returns its Python. */
export async function pythonEnvironment(directory: string, packages: readonly string[]): Promise<string> {
  await runCommand('python3', ['-m', 'venv', directory]);
  const python = join(directory, 'bin', 'python');
  await download(packages.join(', '), () => runCommand(python, ['-m', 'pip', 'install', '--quiet', ...packages]));
  return python;
}
