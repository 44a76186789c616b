import { GetNamespaceCommand, type RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';

/** Looks the administrator's secret up when it is first asked for: its name ends in characters that Redshift chooses. */
export function adminSecret(client: RedshiftServerlessClient, namespace: string): () => Promise<string> {
  let found: string | undefined;
  return async () => {
    found ??= (await client.send(new GetNamespaceCommand({ namespaceName: namespace }))).namespace
      ?.adminPasswordSecretArn;
    if (found === undefined) throw new Error(`the namespace ${namespace} has no secret of its administrator`);
    return found;
  };
}
