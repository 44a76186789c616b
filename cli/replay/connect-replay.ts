import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { declaredEvents } from '../../business-logic/events-processing/declared-events.ts';
import { envelopeErrors } from '../../business-logic/events-processing/envelope-errors.ts';
import type { Application } from '../../business-logic/events-processing/find-application.ts';
import { putRecords, type PutBatch, type PutRecords } from '../../business-logic/shared/delivery/put-records.ts';
import { putToFirehose } from '../../business-logic/shared/delivery/put-to-firehose.ts';
import { putToKinesis } from '../../business-logic/shared/delivery/put-to-kinesis.ts';
import { accountsApplicationId } from '../../business-logic/shared/reserved-applications.ts';
import { loadConfig } from '../../config/load.ts';
import type { StreamTarget } from '../../generator/put-straight-to-stream.ts';
import { projectEvents } from '../../lib/schemas/read-event-catalogue.ts';
import { readEventSchemas } from '../../lib/schemas/read-event-schemas.ts';
import { createAdminClient } from '../admin-client.ts';
import { createAthena } from '../athena.ts';
import { findDeployment, type Deployment, type DeploymentOptions } from '../deployment.ts';
import { defaultEndpointsFile } from '../read-endpoints.ts';
import { UsageError } from '../run-cli.ts';
import type { Choice } from './choice.ts';
import type { Fix } from './compile-fix.ts';
import { errorArrivals } from './error-objects.ts';
import { connectKeys } from './player-keys.ts';
import { openProgress } from './progress-file.ts';
import { rejectedRows, replayedKeys } from './rejected-rows.ts';
import type { ReplayOptions } from './replay-events.ts';

/** What the command line says of a replay. */
export interface ReplayRequest extends DeploymentOptions {
  readonly config: string;
  readonly choice: Choice;
  readonly fix: Fix | undefined;
  readonly samples: number;
  readonly again?: boolean;
  readonly progress?: string;
  /** When it begins, in milliseconds since the epoch. */
  readonly now: number;
}

/** A replay that can be looked at and sent. */
export interface ReplayConnection {
  readonly options: ReplayOptions;
  readonly put: PutRecords;
  readonly streamName: string;
  close(): void;
}

/**
 * Connects to a deployment on the laptop or on AWS alike, asks it what was rejected and what was replayed, and for its
 * applications; the event types are those of this project.
 * @throws UsageError where the deployment is not named well enough
 */
export async function connectReplay(request: ReplayRequest): Promise<ReplayConnection> {
  const { choice, now } = request;
  const { apiUrl, awsUrl, signer, workGroup, database, stream, bucket, playerKeysTable } = required(
    findDeployment(request),
  );
  const config = loadConfig(request.config);
  const client = { region: signer.region, credentials: signer.credentials, ...(awsUrl && { endpoint: awsUrl }) };
  const athena = createAthena({ endpoint: awsUrl, signer, workGroup, database });
  const s3 = new S3Client({ ...client, forcePathStyle: awsUrl !== undefined });
  const { putBatch, close } = connectStream(stream, client);
  const table = { athena, table: config.RAW_EVENTS_TABLE };
  const progress = openProgress(request.progress ?? defaultProgress(request.endpoints, bucket), Date.now);

  const isWanted = (source: string) => choice.sources.length === 0 || choice.sources.includes(source);
  const rejected = isWanted('rejected') ? [await rejectedRows(table, choice)] : [];
  const wantsErrors = choice.sources.length === 0 || choice.sources.some((source) => source !== 'rejected');
  const errors = wantsErrors ? [() => errorArrivals({ s3, bucket }, choice)] : [];
  const findDeclaredEvent = declaredEvents(readEventSchemas(projectEvents.schemas));
  return {
    streamName: stream.name,
    put: putRecords(putBatch, jittered, patientTries),
    options: {
      sources: [...rejected, ...errors],
      choice,
      replayed: request.again === true ? new Set() : await replayedKeys(table, choice),
      progress,
      again: request.again === true,
      samples: request.samples,
      open: {
        readKeys: playerKeysTable === undefined ? undefined : connectKeys(playerKeysTable, signer, awsUrl),
        findDeclaredEvent,
      },
      prepare: {
        fix: request.fix,
        run: { id: randomUUID(), at: now },
        applications: await readApplications(apiUrl, signer),
        rules: {
          envelopeErrors,
          findDeclaredEvent,
          rejectsUndeclared: config.UNDECLARED_EVENT_TYPES === 'REJECT',
          maxEventAgeDays: config.MAX_EVENT_AGE_DAYS,
        },
      },
    },
    close() {
      progress.close();
      athena.close();
      s3.destroy();
      close();
    },
  };
}

/** Ten tries wait for half a minute in all, which is how long a stream that is resharded or busy may take. */
const patientTries = 10;
const longestWaitMilliseconds = 10_000;

/** Waits between half as long and half as long again, so that several senders do not come back together. */
const jittered = async (milliseconds: number): Promise<void> =>
  delay(Math.min(milliseconds, longestWaitMilliseconds) * (0.5 + Math.random()));

type Named = Deployment & Required<Record<'apiUrl' | 'workGroup' | 'database' | 'bucket', string>>;

function required(deployment: Deployment): Named & { readonly stream: StreamTarget } {
  const { apiUrl, workGroup, database, bucket, stream } = deployment;
  const missing = Object.entries({ apiUrl, workGroup, database, bucket, stream }).flatMap(([name, value]) =>
    value === undefined ? [options[name as keyof typeof options]] : [],
  );
  if (missing.length > 0) throw new UsageError(`name the deployment: --endpoints <file>, or ${missing.join(', ')} too`);
  return deployment as Named & { readonly stream: StreamTarget };
}

const options = {
  apiUrl: '--api-url',
  workGroup: '--work-group',
  database: '--database',
  bucket: '--bucket',
  stream: '--delivery-stream or --kinesis-stream',
};

/** Beside the endpoints file, one for each lake. */
const defaultProgress = (endpoints: string | undefined, bucket: string): string =>
  join(dirname(endpoints ?? defaultEndpointsFile), `replayed.${bucket}.txt`);

function connectStream(
  { kind, name }: StreamTarget,
  client: { readonly region: string; readonly credentials: Deployment['signer']['credentials'] },
): { readonly putBatch: PutBatch; close(): void } {
  if (kind === 'kinesis') {
    const kinesis = new KinesisClient(client);
    return { putBatch: putToKinesis(kinesis, name), close: () => kinesis.destroy() };
  }
  const firehose = new FirehoseClient(client);
  return { putBatch: putToFirehose(firehose, name), close: () => firehose.destroy() };
}

/** As the transform finds them: those of the table, and the reserved one, which has no row. */
async function readApplications(
  apiUrl: string,
  signer: Deployment['signer'],
): Promise<ReadonlyMap<string, Application>> {
  const listed = await createAdminClient(apiUrl, signer).listApplications();
  const applications = new Map<string, Application>(
    listed.map(({ ApplicationId: id, ApplicationName: name }) => [id, { application_id: id, application_name: name }]),
  );
  return applications.set(accountsApplicationId, {
    application_id: accountsApplicationId,
    application_name: 'Accounts',
  });
}
