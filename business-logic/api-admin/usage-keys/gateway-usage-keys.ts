import type { APIGatewayClient, ApiKey } from '@aws-sdk/client-api-gateway';
import {
  ConflictException,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  LimitExceededException,
  NotFoundException,
  paginateGetApiKeys,
  TooManyRequestsException,
} from '@aws-sdk/client-api-gateway';
import { Throttled, Unavailable } from '../../shared/http/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { tokenClasses, type TokenClass } from '../../shared/token-classes.ts';
import { usageKeyName, usageKeyValue } from '../../shared/usage-keys.ts';
import type { UsageKeys } from './usage-keys.ts';

export interface GatewayUsageKeysOptions {
  readonly workload: string;
  /** Ids of the usage plans. */
  readonly plans: Readonly<Record<TokenClass, string>>;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * The keys in API Gateway. Names and values follow from the application and the class, so that nothing has to be
 * remembered, and what died half way or was deleted by hand is made whole by doing it again.
 */
export function gatewayUsageKeys(
  client: APIGatewayClient,
  { workload, plans, logger }: GatewayUsageKeysOptions,
): UsageKeys {
  async function keyId(applicationId: string, tokenClass: TokenClass): Promise<string | undefined> {
    const name = usageKeyName(workload, applicationId, tokenClass);
    const create = new CreateApiKeyCommand({
      name,
      value: usageKeyValue(workload, applicationId, tokenClass),
      description: `Limits what application ${applicationId} sends with tokens of the class ${tokenClass}`,
      enabled: true,
    });
    const created = await unless(ConflictException, client.send(create));
    return created ? created.id : (await findKeys(client, name))[0]?.id;
  }

  return {
    ensure: async (applicationId, tokenClass) => {
      try {
        const id = await keyId(applicationId, tokenClass);
        if (id === undefined) throw new Unavailable("the application's API key is about to come; try again");
        const add = new CreateUsagePlanKeyCommand({ usagePlanId: plans[tokenClass], keyId: id, keyType: 'API_KEY' });
        await unless(ConflictException, client.send(add));
        return usageKeyValue(workload, applicationId, tokenClass);
      } catch (error) {
        if (error instanceof TooManyRequestsException) throw new Throttled('too many API keys at once; try again');
        if (!(error instanceof LimitExceededException)) throw error;
        logger.warn('application gets no API key: the account may have no more', { applicationId, tokenClass });
        return undefined;
      }
    },
    deleteAll: async (applicationId) => {
      for (const tokenClass of tokenClasses) {
        for (const { id } of await findKeys(client, usageKeyName(workload, applicationId, tokenClass))) {
          await unless(NotFoundException, client.send(new DeleteApiKeyCommand({ apiKey: id })));
        }
      }
    },
  };
}

/** Keys of exactly this name: API Gateway finds those whose names begin with it. */
async function findKeys(client: APIGatewayClient, name: string): Promise<ApiKey[]> {
  const found: ApiKey[] = [];
  for await (const { items = [] } of paginateGetApiKeys({ client, pageSize: 500 }, { nameQuery: name })) {
    found.push(...items.filter((key) => key.name === name));
  }
  return found;
}

/** What a call answers; undefined when it fails with this one error. */
async function unless<Answer>(
  expected: typeof ConflictException | typeof NotFoundException,
  call: Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof expected) return undefined;
    throw error;
  }
}
