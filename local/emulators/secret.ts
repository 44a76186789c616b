import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A secret of Secrets Manager. What is to be generated is made once for a data directory. */
export const secret: Emulator = {
  types: ['AWS::SecretsManager::Secret'],
  async start(resource, { secrets }) {
    const arn = await secrets.define(nameOr(resource.properties.Name, resource), resource.properties);
    return { ref: arn, attributes: { Id: arn } };
  },
};
