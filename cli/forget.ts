import { createInterface } from 'node:readline/promises';
import { createForgetProgram } from './forget-program.ts';
import { forgetPlayer } from './forget/forget-player.ts';
import { findLake } from './forget/lake-target.ts';
import { runCli, UsageError } from './run-cli.ts';

await runCli(
  createForgetProgram({
    target: findLake,
    forget: forgetPlayer,
    ask: async (question) => {
      if (!process.stdin.isTTY) throw new UsageError(`${question}Nobody is there to answer: add --yes <player_id>`);
      const terminal = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return (await terminal.question(question)).trim();
      } finally {
        terminal.close();
      }
    },
    print: (line) => console.log(line),
  }),
);
