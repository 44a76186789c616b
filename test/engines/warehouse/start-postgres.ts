import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from '../../support/free-port.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { fetchedEngine } from '../fetch/engine-directory.ts';
import { runCommand } from '../fetch/run-command.ts';
import { FETCHED_ROOT, postgres, PROGRAMS_FILE } from './engine.ts';

export interface RunningPostgres {
  /** For `--warehouse-url`. */
  readonly url: string;
  /** Stops it and deletes what it holds. */
  stop(): Promise<void>;
}

/** A user that owns nothing: PostgreSQL refuses to be run by root. */
const NOBODY = 65_534;

const seconds = 60;

/** Starts an empty server with a database for a warehouse; it forgets everything when it is stopped. */
export async function startPostgres(): Promise<RunningPostgres> {
  const folder = await temporaryFolder('postgres');
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const { programs, env } = await readablePrograms(folder, isRoot);
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  if (isRoot) for (const path of [folder, data]) await chown(path, NOBODY, NOBODY);
  const port = await freePort();

  const run = async (program: string, args: readonly string[]) => {
    const child = spawn(join(programs, program), args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], ...as });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${program} ended with ${code}:\n${said.slice(-2000)}`);
  };
  await run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']);
  // Nothing has to outlive a power failure.
  const settings = ['fsync=off', 'full_page_writes=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const sizes = ['shared_buffers=512MB', 'max_wal_size=4GB', 'max_locks_per_transaction=512', 'jit=off'];
  const options = [...settings, ...sizes, 'wal_level=minimal', 'max_wal_senders=0'].flatMap((one) => ['-c', one]);
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-p', String(port), ...options], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...as,
  });
  let log = '';
  server.stderr.on('data', (text) => (log = (log + String(text)).slice(-4000)));
  const ended = once(server, 'exit');
  const stop = async (): Promise<void> => {
    server.kill('SIGINT');
    await ended;
    await removeFolder(folder);
  };
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  for (let waited = 0; !(await answers(url)); waited += 1) {
    if (server.exitCode !== null || waited > seconds * 10) {
      await stop();
      throw new Error(`PostgreSQL did not start:\n${log}`);
    }
    await pause(100);
  }
  return { url, stop };
}

/** A cache in root's own home is no place from which anybody else could run a program. */
async function readablePrograms(
  folder: string,
  isRoot: boolean,
): Promise<{ programs: string; env: NodeJS.ProcessEnv }> {
  const directory = fetchedEngine(postgres);
  const programs = await readFile(join(directory, PROGRAMS_FILE), 'utf8');
  const root = join(directory, FETCHED_ROOT);
  if (!programs.startsWith(root)) return { programs, env: process.env };
  const usable = isRoot ? join(folder, FETCHED_ROOT) : root;
  if (isRoot) await cp(root, usable, { recursive: true });
  const machine = (await runCommand('uname', ['-m'])).trim();
  const libraries = join(usable, 'usr/lib', `${machine}-linux-gnu`);
  return { programs: join(usable, relative(root, programs)), env: { ...process.env, LD_LIBRARY_PATH: libraries } };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
