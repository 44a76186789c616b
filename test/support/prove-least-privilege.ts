import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints } from '../../local/runtime.ts';
import { callAdmin, registerGame } from './admin-client.ts';
import { runEventsJob } from './run-workflow.ts';
import { runPipeline } from './running-pipeline.ts';
import { aSentEvent, callLocal, flush, postEvents } from './send-events.ts';
import { editedAssembly } from './template-edit.ts';
import { removeFolder } from './temporary-folder.ts';

/** What somebody does with the pipeline; throws where it does not do what it is for. */
type Story = (endpoints: Endpoints) => Promise<void>;

const SENT = 3;

/** Events arrive in the lake, accepted. */
async function sendEvents(endpoints: Endpoints): Promise<void> {
  const game = await registerGame(endpoints, 'A game');
  const answer = await postEvents(
    endpoints,
    game,
    Array.from({ length: SENT }, () => aSentEvent()),
  );
  if (answer.status !== 200) throw new Error(`the events were answered ${answer.status}`);
  await flush(endpoints);
  const sql = `SELECT count(*) AS n FROM raw_events WHERE status = 'accepted' AND application_id = '${game.applicationId}'`;
  const { json } = await callLocal(endpoints, 'POST', '/_local/query', { sql });
  if (!JSON.stringify(json).includes(`"${SENT}"`))
    throw new Error(`the lake does not hold the events: ${JSON.stringify(json)}`);
}

/** The events job takes them into the typed table. */
async function processEvents(endpoints: Endpoints): Promise<void> {
  await sendEvents(endpoints);
  const outcome = await runEventsJob(endpoints);
  if (!outcome.succeeded) throw new Error(`the events job failed: ${JSON.stringify(outcome.steps)}`);
}

/** A game with a token is registered, its tokens are listed, and it is deleted. */
async function manageGame(endpoints: Endpoints): Promise<void> {
  const { applicationId } = await registerGame(endpoints, 'Another game');
  const path = `/applications/${applicationId}`;
  for (const [method, at] of [['GET', `${path}/authorizations`] as const, ['DELETE', path] as const]) {
    const { status } = await callAdmin(endpoints, method, at);
    if (status >= 300) throw new Error(`${method} ${at} was answered ${status}`);
  }
}

/** One statement of a role that is taken out of the template. */
export interface Removal {
  /** Beginning of the policy's name. */
  readonly policy: string;
  /** One of the statement's actions, which tells it from the policy's others. */
  readonly action: string;
  /** What fails without it. */
  readonly story: string;
}

const stories: Readonly<Record<string, Story>> = {
  'events arrive in the lake': sendEvents,
  'the events job runs': processEvents,
  'a game is managed': manageGame,
};

/** Ten statements of seven roles: of functions, of the gateway, of Firehose and of a job. */
export const removals: readonly Removal[] = [
  { policy: 'ApiSender', action: 'firehose:PutRecord', story: 'events arrive in the lake' },
  { policy: 'TransformRole', action: 'dynamodb:GetItem', story: 'events arrive in the lake' },
  { policy: 'ProcessEventsRole', action: 'glue:UpdatePartition', story: 'the events job runs' },
  { policy: 'AuthorizerRole', action: 'dynamodb:GetItem', story: 'events arrive in the lake' },
  { policy: 'EventsRole', action: 's3:PutObject', story: 'events arrive in the lake' },
  { policy: 'EventsRole', action: 'glue:GetTableVersions', story: 'events arrive in the lake' },
  { policy: 'EventsRole', action: 'lambda:InvokeFunction', story: 'events arrive in the lake' },
  { policy: 'AdminRole', action: 'dynamodb:Scan', story: 'a game is managed' },
  { policy: 'AdminRole', action: 'dynamodb:Query', story: 'a game is managed' },
  { policy: 'AdminRole', action: 'athena:StartQueryExecution', story: 'a game is managed' },
];

/** All stories come true with the template as it is. Throws what does not. */
export async function tellStories(assemblyDir: string): Promise<void> {
  const pipeline = await runPipeline({ assemblyDir });
  try {
    for (const story of Object.values(stories)) await story(pipeline.endpoints);
  } finally {
    await pipeline.remove();
  }
}

/** How a pipeline fares without a statement. */
export interface Removed {
  /** How its story ended. */
  readonly failure: string;
  /** What the runtime's log said is missing. */
  readonly missing: string;
}

/** Takes a statement out of the template. Throws where its story comes true all the same, or the log does not name it. */
export async function removeStatement(source: string, { policy, action, story }: Removal): Promise<Removed> {
  const assemblyDir = await editedAssembly(source, ({ resources }) => {
    let removed = 0;
    for (const { Properties } of resources('AWS::IAM::Policy')) {
      if (!String(Properties['PolicyName']).startsWith(`${policy}DefaultPolicy`)) continue;
      const document = Properties['PolicyDocument'] as { Statement: { readonly Action: string | readonly string[] }[] };
      const kept = document.Statement.filter(({ Action }) => ![Action].flat().includes(action));
      removed += document.Statement.length - kept.length;
      document.Statement = kept;
    }
    if (removed !== 1) throw new Error(`${removed} statements of ${policy} allow ${action}; one was expected`);
  });
  try {
    const pipeline = await runPipeline({ assemblyDir });
    try {
      const failure = await stories[story]!(pipeline.endpoints).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (failure === undefined) throw new Error(`without ${action} of ${policy}, "${story}" comes true all the same`);
      return { failure, missing: await missingStatement(pipeline.dataDir, policy, action) };
    } finally {
      // What cannot be delivered stays; the folder goes with it.
      await pipeline.remove().catch(() => removeFolder(pipeline.dataDir));
    }
  } finally {
    await removeFolder(assemblyDir);
  }
}

/** The line of the log comes with the next turn of the disk. */
async function missingStatement(dataDir: string, policy: string, action: string): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const log = await readFile(join(dataDir, 'logs', 'runtime.log'), 'utf8').catch(() => '');
    const denials = log.split('\n').filter((line) => line.includes('"access denied"'));
    const found = denials
      .map(
        (line) =>
          JSON.parse(line) as { readonly principal: string; readonly action: string; readonly missing?: string },
      )
      .find((one) => one.missing?.includes(`"Action":"${one.action}"`) && one.principal.includes(`-${policy}`));
    if (found?.missing !== undefined) return found.missing;
    if (attempt >= 20)
      throw new Error(`the log names no statement that ${policy} lacks for ${action}: ${denials.join('\n')}`);
    await sleep(50);
  }
}
