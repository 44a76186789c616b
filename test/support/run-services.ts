import { mkdirSync } from 'node:fs';
import { AwsApi } from '../../local/aws-api/server.ts';
import { createCredentials } from '../../local/credentials.ts';
import { emulators } from '../../local/emulators/index.ts';
import { goOn } from '../../local/go-on.ts';
import { close, listen, urlOf } from '../../local/http-server.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { createServices } from '../../local/services.ts';
import { startAll, type StartedAll } from '../../local/start-all.ts';
import { aLog, type RecordedLog } from './a-log.ts';
import { servicesTemplate } from './services-template.ts';

/** The AWS services of the laptop with a small template, and without the pipeline. */
export interface RunningServices extends Pick<
  Endpoints,
  'awsUrl' | 'region' | 'accountId' | 'accessKeyId' | 'secretAccessKey'
> {
  readonly output: StartedAll['output'];
  readonly log: RecordedLog;
  stop(): Promise<void>;
}

export async function runServices(dataDir: string, template = servicesTemplate): Promise<RunningServices> {
  mkdirSync(dataDir, { recursive: true });
  const [region, accountId, host] = ['us-east-1', '000000000000', '127.0.0.1'];
  const log = aLog();
  const credentials = createCredentials({ dataDir, accountId });
  const awsApi = new AwsApi({ region, clock: Date.now, credentials, log });
  const awsUrl = urlOf(host, await listen(awsApi.server, 0, host, 'the AWS protocols'));
  const closings = [() => close(awsApi.server, 1)];
  const runtime = await createServices(
    {
      partition: 'aws',
      region,
      accountId,
      dataDir,
      assemblyDir: dataDir,
      assetPath: () => undefined,
      awsUrl,
      clock: Date.now,
      flushSeconds: undefined,
      log,
      credentials,
      awsApi,
      deliveryStreamQuota: undefined,
      streamShardQuota: undefined,
      warehouseUrl: undefined,
    },
    (one) => void closings.push(one),
  );
  const all = await startAll([{ stackName: 'services', template }], emulators, runtime);
  await goOn(runtime);
  return {
    awsUrl,
    region,
    accountId,
    ...credentials.admin,
    output: all.output,
    log,
    async stop() {
      await all.stop();
      for (const one of closings.toReversed()) await one();
    },
  };
}
