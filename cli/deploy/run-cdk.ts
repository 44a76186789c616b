import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../run-cli.ts';

const cdk = fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk'));

/** Runs the CDK's own command on a synthesized assembly, in this terminal. Throws UsageError when it fails. */
export async function runCdk(command: 'diff' | 'deploy', assembly: string, options: readonly string[]): Promise<void> {
  const stacks = command === 'deploy' ? ['--all'] : [];
  const words = [cdk, command, '--app', assembly, ...stacks, ...options];
  const child = spawn(process.execPath, words, { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new UsageError(`cdk ${command} failed; it says above why`);
}
