import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { answerDeployment } from '../shared/deployment-answer.ts';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import { consoleStore } from './console-store.ts';
import { putConsole, type ConsoleFiles } from './put-console.ts';

const env = readEnv(process.env, [Env.consoleBucket]);

/** What CloudFormation invokes for the custom resource of the console's files. */
export const handler = putConsole({
  files: () => JSON.parse(readFileSync(new URL('console.json', import.meta.url), 'utf8')) as ConsoleFiles,
  store: consoleStore(new S3Client({}), env[Env.consoleBucket]),
  answer: answerDeployment({ physicalId: 'console-files', reason: 'the console is there' }),
  now: Date.now,
  logger: createLogger('console-files'),
});
