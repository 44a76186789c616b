import { createHash } from 'node:crypto';

/**
 * A physical name as CloudFormation generates them: stack, logical id and a suffix in capitals; at most 63 characters,
 * which is what the strictest service (S3) takes. The same stack and id give the same name, so that the data of an
 * earlier run is found again; a resource that is replaced (a new logical id) gets a new one.
 */
export function generatedName(stackName: string, logicalId: string): string {
  const digest = createHash('sha256').update(`${stackName}/${logicalId}`).digest();
  const suffix = [...digest.subarray(0, 12)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `${stackName.slice(0, 24)}-${logicalId.slice(0, 25)}-${suffix}`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
