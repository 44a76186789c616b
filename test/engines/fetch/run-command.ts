import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutSeconds?: number;
  readonly input?: string;
}

/** A command that ended badly, with the last of what it said. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** Runs a program to its end and returns its standard output; rejects with `CommandFailed` unless it exits with 0. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutSeconds = 600, input }: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  // A program that ends without reading its input is judged by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutSeconds * 1000);

  const ending = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${signal ?? code}`));
  });
  clearTimeout(timer);

  const text = Buffer.concat(output).toString();
  if (ending === '') return text;
  const tail = `${Buffer.concat(complaints).toString()}\n${text}`.trim().split('\n').slice(-20).join('\n');
  throw new CommandFailed(`${command} ${args.join(' ')}: ${ending}\n${tail}`);
}
