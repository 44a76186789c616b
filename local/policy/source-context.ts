import type { ActingService, ConditionContext } from '../runtime.ts';

/** The condition keys that a service brings which acts by itself. */
export function sourceContext({ sourceArn }: ActingService, accountId: string): ConditionContext {
  return { 'aws:SourceAccount': accountId, ...(sourceArn !== undefined && { 'aws:SourceArn': sourceArn }) };
}
