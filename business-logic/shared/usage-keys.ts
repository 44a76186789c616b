import { createHash } from 'node:crypto';
import type { TokenClass } from './token-classes.ts';

/**
 * Value of the API key by which the gateway counts an application's requests with tokens of a class. No secret: it opens
 * nothing without a token. Values are unique within an account and a region, so the workload is part of it; they are
 * letters and digits, 20 to 128 of them (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html).
 */
export const usageKeyValue = (workload: string, applicationId: string, tokenClass: TokenClass): string =>
  digest([workload, tokenClass, applicationId]);

/** Value of the one API key of all tokens that have none of their own; only the stage limits them. */
export const sharedUsageKey = (workload: string): string => digest([workload]);

/** Name of an application's API key. Neither a workload's name nor a class holds a dot. */
export const usageKeyName = (workload: string, applicationId: string, tokenClass: TokenClass): string =>
  `${workload}.${tokenClass}.${applicationId}`;

/** Of the parts as JSON, so that no two lists of parts become the same text. */
const digest = (parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
