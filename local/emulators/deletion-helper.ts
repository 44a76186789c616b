import type { Emulator } from '../runtime.ts';

/**
 * The CDK's custom resources that act when a stack is deleted, or on resources behind which there is nothing here: a data
 * directory is deleted as a folder.
 */
export const deletionHelper: Emulator = {
  types: ['Custom::S3AutoDeleteObjects', 'Custom::VpcRestrictDefaultSG'],
  start: async (resource) => ({ ref: resource.generatedName }),
};
