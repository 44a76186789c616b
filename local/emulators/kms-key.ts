import type { PolicyDocument } from '../policy/access.ts';
import type { Emulator } from '../runtime.ts';
import { uuidOf } from '../template/uuid-of.ts';

/** A KMS key: its material is made once for a data directory. */
export const kmsKey: Emulator = {
  types: ['AWS::KMS::Key'],
  async start({ stack, logicalId, properties, generatedName }, { keys, credentials }) {
    const id = uuidOf(generatedName);
    const arn = await keys.defineKey(id, properties);
    credentials.definePolicy(arn, properties.KeyPolicy as PolicyDocument, `${stack}/${logicalId}`);
    return { ref: id, attributes: { Arn: arn, KeyId: id } };
  },
};
