import type { Emulator } from '../runtime.ts';

interface AliasProperties {
  readonly AliasName: string;
  /** Id or ARN. */
  readonly TargetKeyId: string;
}

/** Another name of a KMS key. */
export const kmsAlias: Emulator = {
  types: ['AWS::KMS::Alias'],
  async start(resource, { keys }) {
    const { AliasName, TargetKeyId } = resource.properties as unknown as AliasProperties;
    keys.defineAlias(AliasName, TargetKeyId);
    return { ref: AliasName };
  },
};
