import type { Endpoints } from '../../../local/runtime.ts';
import { runCommand } from '../fetch/run-command.ts';

/** The `aws` of the machine, with an endpoint, credentials and a folder to work in. */
export interface AwsCommand {
  /** Runs a command and parses what it prints. */
  json<T>(...args: string[]): Promise<T>;
  /** Runs a command and returns what it prints. */
  text(...args: string[]): Promise<string>;
  /** Bytes of a parameter file as this version of the CLI wants them: version 2 reads base64, version 1 plain text. */
  blob(text: string): string;
}

/** Rejects with `CommandFailed` and the CLI's own message where a command fails. */
export async function awsCommand(
  endpoints: Pick<Endpoints, 'awsUrl' | 'region' | 'accessKeyId' | 'secretAccessKey'>,
  cwd: string,
): Promise<AwsCommand> {
  const isVersion2 = (await runCommand('aws', ['--version'])).startsWith('aws-cli/2');
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: endpoints.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoints.secretAccessKey,
    AWS_DEFAULT_REGION: endpoints.region,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
    PYTHONIOENCODING: 'utf-8',
    LC_ALL: 'C.UTF-8',
  };
  const text = (...args: string[]): Promise<string> =>
    runCommand('aws', ['--endpoint-url', endpoints.awsUrl, '--output', 'json', ...args], {
      cwd,
      env,
      timeoutSeconds: 60,
    });
  return {
    text,
    json: async <T>(...args: string[]) => JSON.parse((await text(...args)) || '{}') as T,
    blob: (value) => (isVersion2 ? Buffer.from(value).toString('base64') : value),
  };
}
