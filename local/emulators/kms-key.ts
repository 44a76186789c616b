import type { Emulator } from '../runtime.ts';
import { uuidOf } from '../template/uuid-of.ts';

/** A KMS key: its material is made once for a data directory. */
export const kmsKey: Emulator = {
  types: ['AWS::KMS::Key'],
  async start({ properties, generatedName }, { keys }) {
    const id = uuidOf(generatedName);
    return { ref: id, attributes: { Arn: await keys.defineKey(id, properties), KeyId: id } };
  },
};
