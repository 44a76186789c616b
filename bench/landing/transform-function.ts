import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../lib/synthesize.ts';
import { createFunctions } from '../../local/functions.ts';
import type { Functions } from '../../local/runtime.ts';
import { answerAws } from '../functions/answer-aws.ts';
import { functionsOf } from '../functions/functions-of.ts';
import { quietLog } from './quiet-log.ts';

/** The game that the services behind `transformFunction` know. */
export const knownApplication = 'game-a';

export const transformArn = 'arn:aws:lambda:eu-central-1:000000000000:function:transform';

/** The deployed transform as the laptop runs it, in worker threads; DynamoDB answers it at once. */
export async function transformFunction(): Promise<{ readonly functions: Functions; stop(): Promise<void> }> {
  const assembly = mkdtempSync(join(tmpdir(), 'bench-landing-assembly-'));
  const aws = await answerAws({ savedQueries: [] });
  try {
    await synthesize({ configPath: 'config/prod.yaml', outdir: assembly });
    const found = functionsOf(assembly).find(({ name }) => name === 'Transform');
    if (found === undefined) throw new Error('the assembly has no function named Transform');
    const functions = createFunctions({
      region: 'eu-central-1',
      awsUrl: aws.url,
      clock: Date.now,
      credentials: {
        forRole: () => ({ accessKeyId: 'AKIABENCH00000000000', secretAccessKey: 'bench' }),
        isAllowed: () => true,
        explain: () => '',
      },
      log: quietLog,
    });
    functions.register({
      name: 'transform',
      arn: transformArn,
      codePath: found.folder,
      handler: 'index.handler',
      timeoutSeconds: 300,
      memoryMegabytes: 1_024,
      environment: found.variables,
      roleArn: 'arn:aws:iam::000000000000:role/transform',
      logGroupArn: 'arn:aws:logs:eu-central-1:000000000000:log-group:transform',
    });
    return {
      functions,
      async stop() {
        await functions.stop();
        aws.close();
        rmSync(assembly, { recursive: true });
      },
    };
  } catch (error) {
    aws.close();
    rmSync(assembly, { recursive: true });
    throw error;
  }
}
