import { devNull } from 'node:os';
import type { AssemblyFunction } from './functions-of.ts';

/** The environment of a function whose AWS is at a URL: nothing of this process's own, and no settings of its user. */
export const functionVariables = (
  variables: AssemblyFunction['variables'],
  awsUrl: string,
): Readonly<Record<string, string>> => ({
  ...variables,
  AWS_REGION: 'eu-central-1',
  AWS_ENDPOINT_URL: awsUrl,
  AWS_ACCESS_KEY_ID: 'AKIABENCH00000000000',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});
