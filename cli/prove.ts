import { Command } from 'commander';
import { number } from './option-values.ts';
import { accountSizes } from './prove-accounts.ts';
import { proofs, type Proof, type ProofSizes } from './proofs.ts';
import { describeError, runCli, UsageError } from './run-cli.ts';

await runCli(
  new Command('prove')
    .description('Runs the full sizes behind every published figure. Takes minutes; no proof has a time limit.')
    .argument('[names...]', 'proofs to run (default: all)')
    .option('--list', 'say what each proof shows, and run none')
    .option('--players <n>', 'of the proof accounts, to try a small one', number, accountSizes.players)
    .option('--studios <n>', 'the same', number, accountSizes.studios)
    .option('--games <n>', 'the same', number, accountSizes.games)
    .option('--registrations <n>', 'the same', number, accountSizes.registrations)
    .showHelpAfterError()
    .action(async (names: readonly string[], { list, ...sizes }: { list?: boolean } & ProofSizes) => {
      const chosen = choose(names);
      if (list) for (const { name, shows } of chosen) console.log(`${name}: ${shows}`);
      else if (!(await runAll(chosen, sizes))) process.exitCode = 1;
    }),
);

function choose(names: readonly string[]): readonly Proof[] {
  const unknown = names.filter((name) => !proofs.some((proof) => proof.name === name));
  if (unknown.length > 0) {
    throw new UsageError(
      `no proof is called ${unknown.join(', ')}; there are ${proofs.map(({ name }) => name).join(', ')}`,
    );
  }
  return names.length === 0 ? proofs : proofs.filter(({ name }) => names.includes(name));
}

/** One after another, since each measures; a failed one does not stop the rest. */
async function runAll(chosen: readonly Proof[], sizes: ProofSizes): Promise<boolean> {
  const failed: string[] = [];
  for (const { name, shows, run } of chosen) {
    console.log(`\n${name}: ${shows}`);
    const startedAt = Date.now();
    try {
      const figures = await run((line) => console.log(`  ${line}`), sizes);
      console.log(`  proved in ${Math.round((Date.now() - startedAt) / 1000)} s: ${figures}`);
    } catch (error) {
      failed.push(name);
      console.log(`  NOT PROVED: ${describeError(error)}`);
    }
  }
  console.log(
    `\n${chosen.length - failed.length} of ${chosen.length} proved${failed.length > 0 ? `; not: ${failed.join(', ')}` : ''}`,
  );
  return failed.length === 0;
}
