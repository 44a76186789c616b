import { Command, Option } from 'commander';
import { accountDefaults as defaults, type AccountOptions } from '../generator/accounts/account-options.ts';
import { writeAccounts, type AccountFormat, type WrittenAccounts } from '../generator/accounts/write-accounts.ts';
import { number, time } from './option-values.ts';
import { showProgress } from './show-progress.ts';

interface CommandLine extends Omit<AccountOptions, 'end'> {
  readonly end?: number;
  readonly out: string;
  readonly format: AccountFormat;
}

/** `npm run generate -- accounts …`. */
export function createGenerateAccounts(print: (line: string) => void): Command {
  return new Command('accounts')
    .description(
      'Writes files of studios and players for `npm run import -- accounts`, with the truth about them: who opened and ' +
        'closed accounts and who was registered for what, told twice, late and out of order.',
    )
    .requiredOption('--out <folder>', 'where studios, players and truth.json are written')
    .addOption(new Option('--format <format>').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--seed <text>', 'the same seed, sizes and end give the same files', defaults.seed)
    .option('--players <n>', 'accounts', number, defaults.players)
    .option('--studios <n>', 'studios, each with a game at least', number, defaults.studios)
    .option('--games <n>', 'games of all studios together', number, defaults.games)
    .option('--registrations <n>', 'registrations of all players together', number, defaults.registrations)
    .option('--days <n>', 'how many days back accounts are opened', number, defaults.days)
    .option('--end <time>', 'when the last thing happens, ISO 8601 (default: now)', time)
    .option('--resent <share>', 'share of records that come twice', number, defaults.resent)
    .option('--late <share>', 'share of records that later ones overtake', number, defaults.late)
    .option('--longest-delay <n>', 'most records that overtake one', number, defaults.longestDelay)
    .showHelpAfterError()
    .action(async ({ out, format, end = Date.now(), ...sizes }: CommandLine) => {
      const progress = showProgress(undefined, 'records');
      try {
        const written = await writeAccounts({ ...sizes, end }, out, format, (count) => progress.add(count));
        progress.stop();
        print(summary(written));
      } catch (error) {
        progress.stop();
        throw error;
      }
    });
}

function summary({ studios, players, truthFile, truth }: WrittenAccounts): string {
  const { rows, records, closed_accounts: closed } = truth;
  return [
    `${records} records of ${rows.players} players (${closed} closed their account), ${rows.studios} studios, ` +
      `${rows.games} games and ${rows.player_games} registrations`,
    `  npm run import -- accounts ${studios}`,
    `  npm run import -- accounts ${players}`,
    `what really happened: ${truthFile}`,
  ].join('\n');
}
