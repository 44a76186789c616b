import { Command } from 'commander';
import { accountsApplicationId } from '../business-logic/shared/reserved-applications.ts';
import { withEndpoints, type DeploymentOptions } from './deployment.ts';
import type { forgetPlayer, ForgetProof } from './forget/forget-player.ts';
import type { LakeTarget } from './forget/lake-target.ts';
import { formatBytes } from './format-result.ts';
import { formatTable } from './format-table.ts';
import { UsageError } from './run-cli.ts';

/** What the command line needs from outside. */
export interface ForgetDeps {
  target(options: DeploymentOptions): LakeTarget;
  forget: typeof forgetPlayer;
  /** What a person types. Throws where nobody is there. */
  ask(question: string): Promise<string>;
  print(line: string): void;
}

interface ForgetOptions extends DeploymentOptions {
  readonly application?: string;
  readonly again?: boolean;
  readonly yes?: string;
}

/** `npm run forget -- <player_id>`: removes a player from the lake and the warehouse. */
export function createForgetProgram({ target, forget, ask, print }: ForgetDeps): Command {
  return withEndpoints(new Command('forget'))
    .description('Removes one player from the lake and the warehouse, for good, and proves what changed.')
    .argument('[player_id]', 'who is to be forgotten')
    .option('--application <id>', 'forget what this game knows of the player, and nothing else')
    .option('--again', 'remove what has come since from everybody who was forgotten before, and nobody else')
    .option('--yes <player_id>', 'confirm by the same id instead of typing it')
    .showHelpAfterError()
    .action(async (playerId: string | undefined, options: ForgetOptions) => {
      const { application, again, yes, ...where } = options;
      if ((playerId === undefined) === (again !== true)) throw new UsageError('name one player, or say --again');
      if (application === accountsApplicationId)
        throw new UsageError(`${accountsApplicationId} is no game: leave out --application to forget the account too`);
      if (playerId === undefined && application !== undefined)
        throw new UsageError('--again goes by what was asked for before: leave out --application');
      const found = target(where);
      if (playerId !== undefined) await confirm(playerId, { application, yes }, ask);
      const player = playerId === undefined ? undefined : { playerId, application };
      const { report, reportKey } = await forget(found, player, print);
      print(formatTable(headings, report.tables.map(rowOf)));
      for (const { table, unreadable_files: files = 0 } of report.tables) {
        if (files > 0)
          print(`${files} files of ${table} cannot be read by anybody and stay: delete them if they must go`);
      }
      print(`what changed is in ${reportKey} of the lake, without the player's id`);
      print(
        'older versions of files go by themselves, and what is on its way arrives yet: docs/data-protection.md says when; ' +
          'then run `npm run forget -- --again`',
      );
    });
}

async function confirm(
  playerId: string,
  { application, yes }: { readonly application: string | undefined; readonly yes: string | undefined },
  ask: ForgetDeps['ask'],
): Promise<void> {
  const what = application === undefined ? 'everything that is known' : `everything that ${application} knows`;
  const typed = yes ?? (await ask(`This removes ${what} of ${playerId} and cannot be undone. Type the id to go on: `));
  if (typed !== playerId) {
    throw new UsageError(`${JSON.stringify(typed)} is not ${JSON.stringify(playerId)}: nobody was forgotten`);
  }
}

const headings = ['table', 'files', 'rewritten', 'rows before', 'rows after', 'removed', 'bytes before', 'bytes after'];

const rowOf = (proof: ForgetProof): (string | undefined)[] => [
  proof.table,
  proof.files?.toString(),
  proof.files_rewritten?.toString(),
  String(proof.rows_before),
  String(proof.rows_after),
  String(proof.rows_removed),
  proof.bytes_before === undefined ? undefined : formatBytes(proof.bytes_before),
  proof.bytes_after === undefined ? undefined : formatBytes(proof.bytes_after),
];
