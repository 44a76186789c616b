import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { generate, type GenerateTarget } from '../generator/generate.ts';
import { gameName } from '../generator/game-design.ts';
import { generatorDefaults as defaults, type GeneratorOptions } from '../generator/options.ts';
import type { Truth } from '../generator/truth.ts';
import { createAdminClient } from './admin-client.ts';
import { createGenerateAccounts } from './generate-accounts.ts';
import { number, time } from './option-values.ts';
import { findDeployment, withApiOptions, type DeploymentOptions } from './deployment.ts';
import { registerGames } from './register-games.ts';
import { UsageError } from './run-cli.ts';
import { showProgress } from './show-progress.ts';

interface CommandLine extends DeploymentOptions {
  readonly seed: string;
  readonly games: number;
  readonly events?: number;
  readonly players?: number;
  readonly days: number;
  readonly end?: number;
  readonly rate: number;
  readonly duration?: number;
  readonly batch?: number;
  readonly concurrency: number;
  readonly duplicates: number;
  readonly late: number;
  readonly longestDelay: number;
  readonly malformed: number;
  readonly undeclared: number;
  readonly undeclaredEventTypes: string;
  readonly unregistered: number;
  readonly giveUpSeconds: number;
  readonly token: readonly string[];
  readonly truth: string;
  readonly log?: string;
  readonly acknowledged?: string;
}

/** `npm run generate -- …`. */
export function createGenerateProgram(print: (line: string) => void): Command {
  return (
    withApiOptions(new Command('generate'))
      .description(
        'Sends seeded, plausible game events to any deployment and writes down what really happened, so that every ' +
          'report can be checked. Registers new games when it may; else give it tokens.',
      )
      .option('--seed <text>', 'the same seed, sizes and end give the same events', defaults.seed)
      .option('--games <n>', 'games that take part', number, defaults.games)
      .option('--events <n>', `events in all (default: ${defaults.events}, or those of --players)`, number)
      .option('--players <n>', 'players in all, some in several games; ends with the last, or at --events', number)
      .option('--days <n>', 'days over which the events happened', number, defaults.days)
      .option('--end <time>', 'when the last of them happened, ISO 8601 (default: now)', time)
      .option('--rate <n>', 'events a second; 0: as fast as possible', number, defaults.rate)
      .option('--duration <seconds>', 'go on for this long at --rate, instead of --events', number)
      .option('--batch <n>', `most events in a request (default: ${defaults.batch}, fewer at a low --rate)`, number)
      .option('--concurrency <n>', 'requests under way at a time', number, defaults.concurrency)
      .option('--duplicates <share>', 'share of events sent twice', number, defaults.duplicates)
      .option('--late <share>', 'share of events sent after later ones', number, defaults.late)
      .option('--longest-delay <n>', 'most events that overtake a late one or a copy', number, defaults.longestDelay)
      .option('--malformed <share>', 'share of events that the pipeline must reject', number, defaults.malformed)
      .option('--undeclared <share>', 'share of events of a type without a schema', number, defaults.undeclared)
      .option('--undeclared-event-types <ACCEPT|REJECT>', "the deployment's setting", defaults.undeclaredEventTypes)
      .option('--unregistered <share>', 'share of events of an unknown game, put straight to the stream', number, 0)
      .option('--give-up-seconds <n>', 'give up a request after this long', number, defaults.giveUpSeconds)
      .option('--token <application=token>', 'send as this application; once for each game', collect, [])
      .option('--delivery-stream <name>', 'for --unregistered on AWS (the DeliveryStream output)')
      .option('--kinesis-stream <name>', 'the same where there is one (the KinesisStream output)')
      .option('--truth <file>', 'where to write what really happened', 'truth.json')
      .option('--log <file>', 'append every event that is to be accepted, as it was sent, once it was acknowledged')
      .option(
        '--acknowledged <file>',
        'append `application_id,event_id` of each event once its request was acknowledged',
      )
      .showHelpAfterError()
      // An option before the name of a command is of this one, after it of that command.
      .enablePositionalOptions()
      .addCommand(createGenerateAccounts(print))
      .action(async (line: CommandLine) => {
        const target = await findTarget(line);
        const options = generatorOptions(line, target.games.length);
        const truth = await sendAll(options, target, line);
        writeFileSync(line.truth, `${JSON.stringify(truth, null, 2)}\n`);
        print(summary(truth, line.truth));
      })
  );
}

async function sendAll(options: GeneratorOptions, target: GenerateTarget, line: CommandLine): Promise<Truth> {
  const total = options.events === Number.MAX_SAFE_INTEGER ? undefined : options.events;
  const progress = showProgress(total, 'events');
  try {
    return await generate(options, target, {
      onAcknowledged: (events) => progress.add(events),
      onRetry: (why, waitMs) => progress.note(`again in ${Math.round(waitMs)} ms: ${why}`),
      ...(line.acknowledged === undefined ? {} : { acknowledgedFile: line.acknowledged }),
      ...(line.log === undefined ? {} : { logFile: line.log }),
    });
  } finally {
    progress.stop();
  }
}

async function findTarget(line: CommandLine): Promise<GenerateTarget> {
  // Tokens are enough for the API: neither a region nor credentials are looked for then.
  if (line.apiUrl !== undefined && line.token.length > 0 && (line.deliveryStream ?? line.kinesisStream) === undefined) {
    return { apiUrl: line.apiUrl.replace(/\/+$/, ''), games: line.token.map((word, index) => withToken(word, index)) };
  }
  const { apiUrl, signer, stream } = findDeployment(line);
  if (apiUrl === undefined) throw new UsageError('name the API: --endpoints <file> or --api-url <url>');
  const games =
    line.token.length > 0
      ? line.token.map((word, index) => withToken(word, index))
      : await registerGames(createAdminClient(apiUrl, signer), line.games);
  return { apiUrl, games, ...(stream === undefined ? {} : { stream }) };
}

function withToken(word: string, index: number) {
  const [, applicationId, token] = /^([^=]+)=(.+)$/.exec(word) ?? [];
  if (applicationId === undefined || token === undefined) {
    throw new UsageError('--token takes <application-id>=<token>');
  }
  return { applicationId, token, name: gameName(index) };
}

function generatorOptions(line: CommandLine, games: number): GeneratorOptions {
  const { undeclaredEventTypes } = line;
  if (undeclaredEventTypes !== 'ACCEPT' && undeclaredEventTypes !== 'REJECT') {
    throw new UsageError(`--undeclared-event-types is ACCEPT or REJECT, not ${undeclaredEventTypes}`);
  }
  const players = line.players ?? defaults.players;
  const batch = line.batch ?? (line.rate === 0 ? defaults.batch : smoothBatch(line.rate));
  const end = line.end ?? Date.now();
  return { ...line, games, players, events: eventCount(line), batch, end, undeclaredEventTypes };
}

/** About five requests a second, so that a low rate does not come in bursts. */
function smoothBatch(rate: number): number {
  return Math.min(defaults.batch, Math.ceil(rate / 5));
}

function eventCount({ events, players, rate, duration }: CommandLine): number {
  if (duration !== undefined) {
    if (rate === 0 || events !== undefined) throw new UsageError('--duration goes with --rate and without --events');
    return Math.max(1, Math.round(duration * rate));
  }
  return events ?? (players === undefined ? defaults.events : Number.MAX_SAFE_INTEGER);
}

function summary(truth: Truth, file: string): string {
  return [
    `${truth.acknowledged} of ${truth.sent} events acknowledged, ${truth.first_date} to ${truth.last_date}:`,
    `  ${truth.accepted} distinct events to be accepted, ${truth.duplicates} duplicates, ${truth.rejected} to be rejected`,
    ...truth.applications.map((game) => `  ${game.application_id} ${game.name}: ${game.players} players`),
    `what really happened: ${file}`,
  ].join('\n');
}

function collect(word: string, words: readonly string[]): string[] {
  return [...words, word];
}
