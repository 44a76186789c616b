import { statSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { maxRecords } from '../business-logic/api-accounts/records/fields.ts';
import { createHttpPost } from '../generator/http-post.ts';
import { withApiOptions, type DeploymentOptions } from './deployment.ts';
import { importAccounts, type Imported, type ImportOptions } from './import/import-accounts.ts';
import { createRejectsFile } from './import/rejects-file.ts';
import { findTarget } from './import/find-target.ts';
import { UsageError } from './run-cli.ts';
import { showProgress } from './show-progress.ts';

interface CommandLine extends DeploymentOptions {
  readonly token?: string;
  readonly format?: ImportOptions['format'];
  readonly rejects?: string;
  readonly occurredAt?: Date;
  readonly batch: number;
  readonly concurrency: number;
  readonly giveUpSeconds: number;
}

/** `npm run import -- …`. */
export function createImportProgram(print: (line: string) => void): Command {
  const program = new Command('import').description('Brings in what other systems know.').showHelpAfterError();
  withApiOptions(program.command('accounts'))
    .description(
      'Sends a file of players or studios to the account API: CSV with a header, or one JSON object a line. Safe to ' +
        'run again: a record that is in already is the same event.',
    )
    .argument('<file>', 'ends in .csv, .jsonl or .ndjson')
    .addOption(new Option('--token <token>', 'token of the role publisher').env('PLAYLAKE_TOKEN'))
    .addOption(new Option('--format <format>', 'whatever the file is called').choices(['csv', 'jsonl']))
    .option('--rejects <file>', 'where to write records that are not imported (default: <file>.rejects.jsonl)')
    .option('--occurred-at <time>', 'when records without a time happened (default: when the file was changed)', time)
    .option('--batch <n>', `most records in a request, up to ${maxRecords}`, atMost(maxRecords), maxRecords)
    .option('--concurrency <n>', 'requests under way at a time', atMost(100), 4)
    .option('--give-up-seconds <n>', 'give up a request after this long', atMost(86_400), 300)
    .action(async (file: string, line: CommandLine) => runImport(file, line, print));
  return program;
}

async function runImport(file: string, line: CommandLine, print: (line: string) => void): Promise<void> {
  const { size, mtime } = describeFile(file);
  const format = line.format ?? formatOf(file);
  const rejectsPath = line.rejects ?? `${file}.rejects.jsonl`;
  const target = await findTarget(line);
  const rejects = createRejectsFile(rejectsPath);
  const http = createHttpPost(line.concurrency);
  const headers = { 'Content-Type': 'application/json', Authorization: target.token };
  const progress = showProgress(Math.ceil(size / 1_024), 'KiB');
  const startedAt = new Date();
  let bytesDone = 0;
  let imported: Imported;
  try {
    imported = await importAccounts({
      ...line,
      file,
      format,
      rejects,
      startedAt,
      occurredAt: line.occurredAt ?? new Date(Math.min(mtime.getTime(), startedAt.getTime())),
      post: (path, body) => http(target.apiUrl + path, headers, body),
      onRetry: (why, waitMs) => progress.note(`again in ${Math.round(waitMs)} ms: ${why}`),
      onDone: (bytes) => {
        const before = Math.ceil(bytesDone / 1_024);
        bytesDone += bytes;
        progress.add(Math.ceil(bytesDone / 1_024) - before);
      },
    });
  } finally {
    progress.stop();
    http.close();
    await rejects.close();
    await target.release();
  }
  print(summary(imported, (Date.now() - startedAt.getTime()) / 1_000));
  if (rejects.count > 0) {
    throw new UsageError(`records rejected: ${rejects.count}; each stands with its reasons in ${rejectsPath}`);
  }
}

function describeFile(file: string): { readonly size: number; readonly mtime: Date } {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new UsageError(`there is no file ${file}`);
  return found;
}

function formatOf(file: string): ImportOptions['format'] {
  if (/\.csv$/i.test(file)) return 'csv';
  if (/\.(jsonl|ndjson)$/i.test(file)) return 'jsonl';
  throw new UsageError(`${file} ends in none of .csv, .jsonl, .ndjson: say which it is with --format csv or jsonl`);
}

const grouped = new Intl.NumberFormat('en-US');

function summary({ records, events }: Imported, seconds: number): string {
  const rate = Math.round(records / Math.max(seconds, 0.001));
  return (
    `records imported: ${grouped.format(records)} in ${seconds.toFixed(1)} s (${grouped.format(rate)}/s); ` +
    `events under way to the tables: ${grouped.format(events)}`
  );
}

function time(text: string): Date {
  const value = new Date(text);
  if (Number.isNaN(value.getTime())) throw new InvalidArgumentError('a time is expected, e.g. 2026-11-20T23:00:00Z.');
  return value;
}

const atMost = (most: number) => (text: string) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new InvalidArgumentError(`a whole number from 1 to ${most} is expected.`);
};
