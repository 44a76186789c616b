import { awsService, type ServiceOptions } from './aws-service.ts';

/** Reads the text of a secret; undefined where it has none. Fails when Secrets Manager does. */
export type ReadSecret = (secretId: string) => Promise<string | undefined>;

const definition = {
  name: 'secretsmanager',
  variable: 'SECRETS_MANAGER',
  target: 'secretsmanager',
  version: '1.1',
} as const;

/** The Secrets Manager of a function. */
export function secretsManager(options?: ServiceOptions): ReadSecret {
  const call = awsService(definition, options);
  return async (SecretId) => {
    const { SecretString } = (await call('GetSecretValue', { SecretId })) as { readonly SecretString?: string };
    return SecretString;
  };
}
