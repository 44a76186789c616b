import { accountsApplicationId } from '../../business-logic/shared/reserved-applications.ts';
import { createAdminClient } from '../admin-client.ts';
import { findDeployment, type DeploymentOptions } from '../deployment.ts';
import { UsageError } from '../run-cli.ts';

/** Where accounts are sent, and with which token. */
export interface ImportTarget {
  /** With the stage, without a trailing slash. */
  readonly apiUrl: string;
  readonly token: string;
  /** Gives up a token that was made for the import alone. */
  release(): Promise<void>;
}

const keep = async () => {};

/**
 * Finds the API and a token: the given one or, on the laptop, one that is made for the import and deleted after it.
 * @throws UsageError where the API or the token is not known
 */
export async function findTarget(options: DeploymentOptions & { readonly token?: string }): Promise<ImportTarget> {
  // A token is enough for the API: neither a region nor credentials are looked for then.
  if (options.apiUrl !== undefined && options.token !== undefined) {
    return { apiUrl: options.apiUrl.replace(/\/+$/, ''), token: options.token, release: keep };
  }
  const { apiUrl, awsUrl, signer } = findDeployment(options);
  if (apiUrl === undefined) throw new UsageError('name the API: --endpoints <file> or --api-url <url>');
  if (options.token !== undefined) return { apiUrl, token: options.token, release: keep };
  if (awsUrl === undefined) {
    throw new UsageError(
      'give a token of the role publisher, by --token or PLAYLAKE_TOKEN: ' +
        `npm run admin -- create-authorization ${accountsApplicationId} <name> --role publisher`,
    );
  }
  const admin = createAdminClient(apiUrl, signer);
  const made = await admin.createAuthorization(accountsApplicationId, 'npm run import', { role: 'publisher' });
  return {
    apiUrl,
    token: made.ApiKeyValue ?? '',
    release: () => admin.deleteAuthorization(accountsApplicationId, made.ApiKeyId),
  };
}
