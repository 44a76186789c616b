import { isAwsError } from './aws/aws-error.ts';

/** What a conditional write answers; undefined when its condition was not met. */
export async function ifMet<Answer>(write: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isAwsError(error, 'ConditionalCheckFailedException')) return undefined;
    throw error;
  }
}
