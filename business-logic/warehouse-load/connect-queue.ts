import { SQSClient } from '@aws-sdk/client-sqs';
import { fileQueue, type FileQueue } from './file-queue.ts';

/** The queue of files and the one of those that cannot be loaded, with the function's own rights. */
export const connectQueue = (queueUrl: string, deadLetterUrl: string): FileQueue =>
  fileQueue(new SQSClient({}), queueUrl, deadLetterUrl);
