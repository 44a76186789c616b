import { readdir } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { withEndpoints, type DeploymentOptions } from './deployment.ts';
import type { exportPlayer, ExportFormat } from './export/export-player.ts';
import type { LakeTarget } from './forget/lake-target.ts';
import { formatTable } from './format-table.ts';
import { UsageError } from './run-cli.ts';

/** What the command line needs from outside. */
export interface ExportDeps {
  target(options: DeploymentOptions): LakeTarget;
  exportPlayer: typeof exportPlayer;
  print(line: string): void;
}

interface ExportOptions extends DeploymentOptions {
  readonly out: string;
  readonly format: ExportFormat;
}

/** `npm run export -- <player_id> --out <folder>`: all that is stored of a player, in files. */
export function createExportProgram({ target, exportPlayer, print }: ExportDeps): Command {
  return withEndpoints(new Command('export'))
    .description('Writes all that is stored of one player into a folder, personal fields in clear.')
    .argument('<player_id>', 'whose data')
    .requiredOption('--out <folder>', 'a folder that is empty, or not there yet; only you can read it')
    .addOption(new Option('--format <format>', 'of the files').choices(['ndjson', 'csv']).default('ndjson'))
    .showHelpAfterError()
    .action(async (playerId: string, { out, format, ...where }: ExportOptions) => {
      if ((await filesIn(out)) > 0) throw new UsageError(`${out} is not empty: name another folder`);
      const exported = await exportPlayer(target(where), playerId, { out, format });
      print(
        formatTable(
          ['table', 'file', 'rows'],
          exported.map(({ table, file, rows }) => [table, file, String(rows)]),
        ),
      );
      print(`${out}/README.md tells what the columns mean`);
    });
}

async function filesIn(folder: string): Promise<number> {
  try {
    return (await readdir(folder)).length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
