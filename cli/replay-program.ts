import { Command, InvalidArgumentError, Option } from 'commander';
import { number, time } from './option-values.ts';
import { withApiOptions, type DeploymentOptions } from './deployment.ts';
import { compileFix } from './replay/compile-fix.ts';
import { connectReplay, type ReplayConnection } from './replay/connect-replay.ts';
import { describeTally } from './replay/describe-tally.ts';
import { previewReplay, sendReplay, type ReplayOptions } from './replay/replay-events.ts';
import { UsageError } from './run-cli.ts';
import { showProgress } from './show-progress.ts';
import { defaultConfig } from './synth-program.ts';

/** What the command line needs from outside. */
export interface ReplayDeps {
  readonly ask: (question: string) => Promise<boolean>;
  readonly print: (line: string) => void;
}

interface CommandLine extends DeploymentOptions {
  readonly config: string;
  readonly from: readonly string[];
  readonly reason: readonly string[];
  readonly type: readonly string[];
  readonly eventVersion: readonly string[];
  readonly appVersion: readonly string[];
  readonly application: readonly string[];
  readonly since?: number;
  readonly until?: number;
  readonly fix?: string;
  readonly samples: number;
  readonly send?: boolean;
  readonly yes?: boolean;
  readonly again?: boolean;
  readonly progress?: string;
}

const defaultDays = 30;
const day = 86_400_000;

/** `npm run replay -- …`: what was rejected or could not be delivered, sent again. */
export function createReplayProgram(deps: ReplayDeps): Command {
  const command = withApiOptions(new Command('replay'))
    .description(
      'Finds events that were rejected or that Firehose could not deliver, repairs them, and shows what would become of ' +
        'them now. With --send they are sent again, marked as replayed. Safe to run again: what was replayed is left out.',
    )
    .option('--config <file>', 'settings of the deployment, whose rules judge', defaultConfig)
    .option('--since <time>', `arrived since, ISO 8601 (default: ${defaultDays} days ago)`, time)
    .option('--until <time>', 'arrived before (default: now)', time)
    .addOption(several('--from <source>', 'rejected, or a kind of Firehose’s errors, e.g. processing-failed'))
    .addOption(several('--reason <code>', 'rejected for this, or failed with this code of Firehose’s'))
    .addOption(several('--type <event-type>', 'of this type'))
    .addOption(several('--event-version <version>', 'of this event_version'))
    .addOption(several('--app-version <version>', 'of this app_version'))
    .addOption(several('--application <id>', 'of this application'))
    .option('--fix <file-or-expression>', 'JSONata that is given an event and answers it repaired')
    .option('--samples <n>', 'events to show before and after, for each reason', number, 1)
    .option('--send', 'send them; without it nothing is changed')
    .option('--yes', 'ask nothing before sending')
    .option('--again', 'take also what was replayed before')
    .option('--progress <file>', 'where it is noted what was sent (default: beside the endpoints file)')
    .option('--work-group <name>', 'Athena workgroup of a deployment on AWS (the WorkGroup output)')
    .option('--database <name>', 'its database (the Database output)')
    .option('--bucket <name>', 'its lake (the LakeBucket output)')
    .option('--delivery-stream <name>', 'its delivery stream (the DeliveryStream output)')
    .option('--kinesis-stream <name>', 'its stream, where there is one (the KinesisStream output)')
    .option('--player-keys-table <name>', 'its keys of personal data (the PlayerKeysTable output)');
  return command.showHelpAfterError().action(async (line: CommandLine) => runReplay(line, deps));
}

/** An option that may be given several times. */
const several = (flags: string, description: string): Option =>
  new Option(flags, `${description}; once for each`)
    .argParser((word: string, words: readonly string[]) => {
      if (word === '') throw new InvalidArgumentError('text is expected.');
      return [...words, word];
    })
    .default([], 'all');

async function runReplay(line: CommandLine, { ask, print }: ReplayDeps): Promise<void> {
  const fix = line.fix === undefined ? undefined : compileFix(line.fix);
  const now = Date.now();
  const choice = {
    since: line.since ?? now - defaultDays * day,
    until: line.until ?? now,
    sources: line.from,
    reasons: line.reason,
    types: line.type,
    eventVersions: line.eventVersion,
    appVersions: line.appVersion,
    applications: line.application,
  };
  if (choice.since >= choice.until) throw new UsageError('--since must be before --until');
  const connection = await connectReplay({ ...line, fix, choice, now });
  try {
    const { options } = connection;
    const preview = await previewReplay(options);
    print(describeTally(preview));
    if (preview.toSend === 0) return;
    if (line.send !== true) print('nothing was sent; add --send to send them');
    else if (line.yes === true || (await ask(`Send ${preview.toSend} events to ${connection.streamName}?`))) {
      print(await send(connection, options, preview.toSend));
    } else print('nothing was sent');
  } finally {
    connection.close();
  }
}

async function send(connection: ReplayConnection, options: ReplayOptions, total: number): Promise<string> {
  const progress = showProgress(total, 'events');
  try {
    const { events, records } = await sendReplay(options, connection.put, (count) => progress.add(count));
    return (
      `sent ${events} events in ${records} records to ${connection.streamName}, as run ${options.prepare.run.id}; ` +
      'reports show them when the stream has delivered them and the workflow has run'
    );
  } finally {
    progress.stop();
  }
}
