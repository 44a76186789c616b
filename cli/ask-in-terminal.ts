import { createInterface } from 'node:readline/promises';
import { UsageError } from './run-cli.ts';

/** Asks a question that is answered by yes or no. Throws UsageError where nobody is there to answer. */
export async function askInTerminal(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`${question} Nobody is there to answer: add --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
