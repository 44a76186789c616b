import type { Resource } from '../runtime.ts';

/** The name that the template gives a resource, or the one that CloudFormation would generate. */
export function nameOr(given: unknown, { generatedName }: Resource): string {
  return typeof given === 'string' ? given : generatedName;
}
