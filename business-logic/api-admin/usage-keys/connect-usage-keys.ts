import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { gatewayUsageKeys, type GatewayUsageKeysOptions } from './gateway-usage-keys.ts';
import type { UsageKeys } from './usage-keys.ts';

/** The keys in API Gateway, with the function's own rights. */
export const connectUsageKeys = (options: GatewayUsageKeysOptions): UsageKeys =>
  gatewayUsageKeys(new APIGatewayClient({}), options);
